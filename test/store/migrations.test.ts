import { describe, expect, it } from "@jest/globals";
import { readMigrations } from "../../src/store/migrate.js";

describe("the migrations", () => {
  it("are numbered without a gap, and each number is used once", async () => {
    const names = (await readMigrations()).map(({ name }) => name.slice(0, 4));
    expect(names).toEqual(names.map((_, index) => String(index + 1).padStart(4, "0")));
  });

  it("name everything they make in full", async () => {
    for (const { name, text } of await readMigrations()) {
      const made = text.match(/^create (table|view|(unique )?index .* on) [^ ]+/gm) ?? [];
      expect(made.length).toBeGreaterThan(0);
      expect([name, made.filter((each) => !/(create|on) ?(table|view)? ?tocsin\./.test(each))]).toEqual([
        name,
        [],
      ]);
    }
  });
});
