import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { redactUrl, Revealed } from "../../src/lib/redact.js";

describe("an address that is shown", () => {
  it.each([
    ["http://a:8000/ready/", "http://a:8000/ready/"],
    ["https://user:pass@a/x", "https://a/x"],
    ["https://user@a/x#frag", "https://a/x"],
    ["http://a/?verbose=1&full=true", "http://a/?verbose=1&full=true"],
    ["http://a/?token=x", "http://a/?token=****"],
    ["http://a/?X-Amz-Signature=ab&api_key=c&n=2", "http://a/?X-Amz-Signature=****&api_key=****&n=2"],
    ["http://a/?q=0123456789abcdef", "http://a/?q=****"],
    ["http://a/?a%20b=c%26d", "http://a/?a%20b=c%26d"],
    ["not a url with s3cret", "****"],
  ])("%s is shown as %s", (url, shown) => {
    expect(redactUrl(url)).toBe(shown);
  });
});

describe("what was revealed", () => {
  it("is taken out in every form in which it may come back", () => {
    const revealed = new Revealed();
    revealed.add('pa"ss word\n');
    const said = `${JSON.stringify({ echo: 'pa"ss word' })} pa"ss word ${encodeURIComponent('pa"ss word')}`;
    expect(revealed.scrub(said)).toBe('{"echo":"****"} **** ****');
  });

  it("leaves no trace of the longer of two secrets that begin alike", () => {
    const revealed = new Revealed();
    revealed.add("token");
    revealed.add("token-and-more");
    expect(revealed.scrub("token-and-more token")).toBe("**** ****");
  });

  it("does not begin where a text was cut within it", () => {
    const revealed = new Revealed();
    revealed.add("s3cret-token");
    revealed.add("other");
    expect(revealed.scrub("it said s3cret-t…")).toBe("it said ****…");
    expect(revealed.scrub("it said s3…")).toBe("it said s3…");
    expect(revealed.scrub("it said s3cret-t")).toBe("it said s3cret-t");
  });

  it("is in no text of plain data, however deep, and leaves what is no text as it is", () => {
    const revealed = new Revealed();
    revealed.add("true");
    const data = { ready: true, n: 2024, list: ["true", { said: "it is true" }], none: null };
    expect(revealed.scrubAll(data)).toEqual({
      ready: true,
      n: 2024,
      list: ["****", { said: "it is ****" }],
      none: null,
    });
    const deep = Array.from({ length: 20_000 }).reduce<unknown>((inner) => [inner], "true");
    expect(JSON.stringify(revealed.scrubAll(deep)).length).toBeLessThan(1_000);
  });

  it("leaves texts alone when nothing, or too little, was revealed", () => {
    const revealed = new Revealed();
    revealed.add("ok");
    expect(revealed.scrub("all ok")).toBe("all ok");
  });

  it("is never in a scrubbed text", () => {
    const secret = fc
      .string({ minLength: 5 })
      .filter((text) => text.trim().length > 4 && !text.includes("*"));
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
        const revealed = new Revealed();
        revealed.add(value);
        return !revealed.scrub(before + value + after).includes(value);
      }),
    );
  });
});
