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
