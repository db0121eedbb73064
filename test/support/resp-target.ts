/** A small scripted server that speaks Redis' protocol: answers known commands as it is told, any other as Redis would one it does not know. */

import { startTcpTarget, type TcpTarget } from "./tcp-target.js";

/** Raw replies by command, words joined by spaces: `{ PING: "+PONG\r\n" }`. */
export type Replies = Readonly<Record<string, string>>;

export interface RespTarget extends TcpTarget {
  /** Every command, words joined by spaces. */
  readonly commands: readonly string[];
}

export function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

/** The words of the first whole command in `text`, and what is left after it. */
function nextCommand(text: string): readonly [readonly string[], string] | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (head === null) return undefined;
  let rest = text.slice(head[0].length);
  const words: string[] = [];
  for (let left = Number(head[1]); left > 0; left -= 1) {
    const size = /^\$(\d+)\r\n/.exec(rest);
    if (size === null) return undefined;
    const from = size[0].length;
    const word = rest.slice(from, from + Number(size[1]));
    rest = rest.slice(from + Number(size[1]) + 2);
    words.push(word);
  }
  return [words, rest];
}

export async function startRespTarget(replies: Replies): Promise<RespTarget> {
  const commands: string[] = [];
  const target = await startTcpTarget((socket) => {
    let text = "";
    socket.on("data", (piece) => {
      text += piece.toString();
      for (let next = nextCommand(text); next !== undefined; next = nextCommand(text)) {
        const [words, rest] = next;
        text = rest;
        const line = words.join(" ");
        commands.push(line);
        socket.write(
          replies[line] ?? `-ERR unknown command '${words[0] ?? ""}', with args beginning with: \r\n`,
        );
      }
    });
  });
  return { ...target, commands };
}
