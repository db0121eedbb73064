import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import {
  alertId,
  checkId,
  encodeSubject,
  incidentId,
  MAX_SUBJECT_LENGTH,
  NAME_PATTERN,
  parseAlertId,
  parseServiceId,
  serviceId,
  serviceOfAlert,
  serviceOfIncident,
} from "../../src/domain/ids.js";

const names = fc.stringMatching(NAME_PATTERN);

describe("ids", () => {
  it("are put together and taken apart again", () => {
    fc.assert(
      fc.property(
        names,
        names,
        names,
        names,
        fc.option(fc.string({ maxLength: 60, unit: "binary" })),
        (...parts) => {
          const [system, service, check, rule, subject] = parts;
          const id = alertId(checkId(system, service, check), rule, subject ?? undefined);
          const parsed = parseAlertId(id);
          expect(parsed).toMatchObject({ system, service, check, rule });
          expect(parsed.subject).toBe(subject === null ? undefined : encodeSubject(subject));
          expect(serviceOfAlert(id)).toBe(serviceId(system, service));
          expect(parseServiceId(serviceId(system, service))).toEqual({ system, service });
          expect(serviceOfIncident(incidentId(serviceId(system, service), 1_772_366_400_000))).toBe(
            `${system}/${service}`,
          );
        },
      ),
    );
  });

  it("of an incident say when it opened", () => {
    expect(incidentId(serviceId("koda", "api"), Date.parse("2026-03-01T12:00:00.250Z"))).toBe(
      "koda/api@2026-03-01T12:00:00.250Z",
    );
  });

  it.each(["", "a", "a/b/c", "a/b/c/d/e/f", "//c/d", "a/b//d"])("%p is no alert id", (text) => {
    expect(() => parseAlertId(text)).toThrow(RangeError);
  });
});

describe("a subject", () => {
  it.each([
    ["host-1", "host-1"],
    ["/var/lib", "%2Fvar%2Flib"],
    ["größe", "gr%C3%B6%C3%9Fe"],
    ["\ud800", "%EF%BF%BD"],
  ])("%p is written %p", (subject, encoded) => {
    expect(encodeSubject(subject)).toBe(encoded);
  });

  it("of any length holds no slash, is at most 200 characters, and can always be read again", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400, unit: "binary" }), (subject) => {
        const encoded = encodeSubject(subject);
        expect(encoded.length).toBeLessThanOrEqual(MAX_SUBJECT_LENGTH);
        expect(encoded).not.toContain("/");
        expect(subject.toWellFormed().startsWith(decodeURIComponent(encoded))).toBe(true);
      }),
    );
  });

  it("is cut between characters and not inside one", () => {
    const encoded = encodeSubject(`${"x".repeat(195)}ü!`);
    expect(encoded).toBe("x".repeat(195));
    expect(decodeURIComponent(encodeSubject("😀".repeat(50)))).toBe("😀".repeat(16));
  });
});
