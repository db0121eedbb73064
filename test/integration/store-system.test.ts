import { it } from "@jest/globals";
import { describeStore } from "../contracts/store.js";
import { startTestPostgres, whyNoSystemPostgres } from "../support/postgres.js";

const missing = whyNoSystemPostgres();
if (missing === undefined) {
  describeStore("the store on the machine's own PostgreSQL", () => startTestPostgres("system"));
} else {
  const declare = process.env.CI === "true" ? it : it.skip;
  declare(`the store on the machine's own PostgreSQL is not tried here: ${missing}`, () => {
    throw new Error(missing);
  });
}
