import { describeStore } from "../contracts/store.js";
import { startTestPostgres } from "../support/postgres.js";

describeStore("the store on the embedded PostgreSQL", () => startTestPostgres("embedded"));
