import { describe, expect, it } from "@jest/globals";
import { TocsinError } from "../../src/errors.js";
import { describeConnection } from "../../src/store/pool.js";
import { breaksConnection, isStoreAway, storeError } from "../../src/store/store-error.js";

const failure = (code: string | undefined, message = "no") => Object.assign(new Error(message), { code });

describe("an error of the store", () => {
  it.each([
    ["nobody listens", failure("ECONNREFUSED"), "STO-001", true],
    ["the socket is gone", failure("ENOENT"), "STO-001", true],
    ["the connection is cut", failure(undefined, "Connection terminated unexpectedly"), "STO-001", true],
    ["the client gave up", failure(undefined, "Query read timeout"), "STO-001", true],
    ["no connection is free", failure(undefined, "timeout exceeded when trying to connect"), "STO-001", true],
    ["it shuts down", failure("57P01"), "STO-001", true],
    ["it starts up", failure("57P03"), "STO-001", true],
    ["it has too many clients", failure("53300"), "STO-001", true],
    ["a statement took too long", failure("57014"), "STO-001", true],
    ["the password is wrong", failure("28P01"), "STO-006", true],
    ["the database is not there", failure("3D000"), "STO-006", true],
    ["its disk is full", failure("53100"), "STO-007", true],
    ["the schema is not there", failure("42P01"), "STO-009", false],
    ["a value does not fit", failure("22003"), "STO-008", false],
    ["something else was thrown", "text", "STO-008", false],
  ])("has a code when %s", (_, thrown, code, away) => {
    const error = storeError(thrown, "db:5432/tocsin");
    expect(error).toMatchObject({
      code,
      message: expect.stringMatching(/^store db:5432\/tocsin: /) as unknown,
    });
    expect(isStoreAway(error)).toBe(away);
  });

  it("that has a code keeps it", () => {
    const error = new TocsinError("STO-003", "newer");
    expect(storeError(error, "anywhere")).toBe(error);
    expect(isStoreAway(error)).toBe(false);
  });

  it.each([
    ["ECONNRESET", true],
    ["57P01", true],
    ["25P03", true],
    ["57014", false],
    ["23505", false],
    ["53300", false],
  ])("with %s breaks its connection: %s", (code, broken) => {
    expect(breaksConnection(failure(code))).toBe(broken);
  });
});

describe("a connection string", () => {
  it.each([
    ["postgresql://ada:s3cret@db/tocsin", "db:5432/tocsin"],
    ["postgres://ada:s3cret@db:6432/tocsin?sslmode=disable", "db:6432/tocsin"],
    [
      "postgresql:///tocsin?host=%2Fvar%2Flib%2Ftocsin&port=5433&user=ada&password=s3cret",
      "/var/lib/tocsin:5433/tocsin",
    ],
  ])("%s is shown without its secrets", (connectionString, shown) => {
    expect(describeConnection(connectionString)).toBe(shown);
  });
});
