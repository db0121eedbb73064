/** The suite that every store has to pass, on every PostgreSQL that it is promised to work with. */

import { describe, jest } from "@jest/globals";
import type { TestPostgres } from "../support/postgres.js";
import { housekeepingStories } from "./store-housekeeping.js";
import { inboxStories } from "./store-inbox.js";
import { pingStories } from "./store-pings.js";
import { readingStories } from "./store-readings.js";
import { rollupStories } from "./store-rollups.js";
import { useStage } from "./store-stage.js";
import { tellingStories } from "./store-tellings.js";
import { tokenStories } from "./store-tokens.js";
import { troubleStories } from "./store-trouble.js";

/** Declares all stories; the server is started once, and every story gets a database of its own. */
export function describeStore(name: string, start: () => Promise<TestPostgres>): void {
  // Real servers on a busy machine: what hangs is found by the store's own limits.
  jest.setTimeout(60_000);
  describe(name, () => {
    const stage = useStage(start);
    readingStories(stage);
    rollupStories(stage);
    housekeepingStories(stage);
    tellingStories(stage);
    tokenStories(stage);
    pingStories(stage);
    inboxStories(stage);
    troubleStories(stage);
  });
}
