import { describe, expect, test } from "@jest/globals";

import type { Message } from "../../src/domain/message.js";
import { cloudEvent } from "../../src/notifiers/cloud-event.js";
import { messageText } from "../../src/notifiers/message-text.js";
import { previewMessage } from "../../src/notifiers/sample-message.js";
import { stdout } from "../../src/notifiers/stdout.js";
import { sendContext } from "../contracts/notifier-fixtures.js";
import { describeNotifier } from "../contracts/notifier.js";

describeNotifier({ notifier: stdout, http: false, wireText: (lines) => lines.join("\n"), keys: () => ({}) });

const MESSAGE = previewMessage("firing", { now: Date.UTC(2026, 0, 31, 9, 5), notifier: "screen" });

async function printed(
  keys: Readonly<Record<string, unknown>>,
  message: Message = MESSAGE,
): Promise<readonly string[]> {
  const lines: string[] = [];
  const spec = stdout.schema.parse(keys);
  const context = sendContext({ stdout: (line) => lines.push(line) });
  await stdout.send(stdout.render(message, spec), spec, context);
  return lines;
}

describe("standard output", () => {
  test("gets the text for people, set off by an empty line", async () => {
    expect(await printed({})).toEqual([...messageText(MESSAGE).split("\n"), ""]);
  });

  test("gets one event a line when asked for JSON", async () => {
    expect(await printed({ format: "json" })).toEqual([cloudEvent(MESSAGE)]);
  });

  test("is coloured only when told, and then only the heading", async () => {
    const [first, ...others] = await printed({ colors: true });
    expect(first).toBe(`\u001b[31m${messageText(MESSAGE).split("\n")[0] ?? ""}\u001b[0m`);
    expect(others.join("\n")).not.toContain("\u001b");
  });

  test("is green at every end, also while other alerts of the incident fire", async () => {
    const end: Message = { ...previewMessage("resolved", { now: 0, notifier: "screen" }), state: "open" };
    const [first] = await printed({ colors: true }, end);
    expect(first?.startsWith("\u001b[32m")).toBe(true);
  });

  test("that is broken is tried again", async () => {
    const spec = stdout.schema.parse({});
    const context = sendContext({
      stdout: () => {
        throw new Error("EPIPE");
      },
    });
    const result = await stdout.send(stdout.render(MESSAGE, spec), spec, context);
    expect(result).toEqual({ result: "retry", reason: "cannot print: EPIPE" });
  });
});
