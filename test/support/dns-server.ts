/** A small strict DNS server for tests, over UDP and TCP on one port: what is not one plain question is answered with FORMERR. */

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

import {
  decode,
  encode,
  streamDecode,
  streamEncode,
  TRUNCATED_RESPONSE,
  type Answer,
  type Packet,
} from "dns-packet";

/** How one name is answered. */
export type Behaviour =
  | { readonly kind: "records"; readonly answers: readonly Answer[] }
  /** Says over UDP that the answer is only to be had over TCP. */
  | { readonly kind: "truncated"; readonly answers: readonly Answer[] }
  /** A response code: 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED. */
  | { readonly kind: "code"; readonly code: number }
  | { readonly kind: "silent" }
  | { readonly kind: "garbage" }
  /** Loses the first datagram, answers the next. */
  | { readonly kind: "lossy"; readonly answers: readonly Answer[] };

export interface DnsServer {
  readonly port: number;
  /** `TYPE name` of every question, in order, with how it came. */
  readonly asked: readonly string[];
  readonly close: () => Promise<void>;
}

const FORMERR = 1;
const NXDOMAIN = 3;

export async function startDnsServer(names: Readonly<Record<string, Behaviour>>): Promise<DnsServer> {
  const asked: string[] = [];
  const lost = new Set<string>();

  const answer = (question: Packet, transport: "udp" | "tcp"): Packet | Buffer | undefined => {
    const { id, type, questions = [], flags = 0 } = question;
    const [only, ...more] = questions;
    const respond = (code: number, answers: readonly Answer[] = [], extra = 0): Packet => ({
      type: "response",
      id: id ?? 0,
      flags: (flags & 0x0100) | 0x0080 | code | extra,
      questions,
      answers: [...answers],
    });
    if (type !== "query" || only === undefined || more.length > 0) return respond(FORMERR);
    // Names may be asked in any case, and come back as they were asked.
    const name = only.name.toLowerCase();
    asked.push(`${transport} ${only.type} ${name}`);
    const behaviour = names[name] ?? { kind: "code", code: NXDOMAIN };
    const matching = (answers: readonly Answer[]): readonly Answer[] =>
      answers.filter((each) => each.type === only.type || each.type === "CNAME");
    switch (behaviour.kind) {
      case "records":
        return respond(0, matching(behaviour.answers));
      case "truncated":
        return transport === "udp"
          ? respond(0, [], TRUNCATED_RESPONSE)
          : respond(0, matching(behaviour.answers));
      case "code":
        return respond(behaviour.code);
      case "lossy":
        if (lost.has(name)) return respond(0, matching(behaviour.answers));
        lost.add(name);
        return undefined;
      case "silent":
        return undefined;
      case "garbage":
        return Buffer.from("this is no DNS at all, whatever it says");
    }
  };

  const tcp = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (data: Buffer) => {
      const reply = answer(streamDecode(data), "tcp");
      if (reply === undefined) return;
      socket.end(Buffer.isBuffer(reply) ? reply : streamEncode(reply));
    });
  }).listen(0, "127.0.0.1");
  await once(tcp, "listening");
  const { port } = tcp.address() as AddressInfo;

  const udp = createSocket("udp4");
  udp.on("message", (data, { port: to, address }) => {
    const reply = answer(decode(data), "udp");
    if (reply !== undefined) udp.send(Buffer.isBuffer(reply) ? reply : encode(reply), to, address);
  });
  udp.bind(port, "127.0.0.1");
  await once(udp, "listening");

  return {
    port,
    asked,
    close: async () => {
      tcp.close();
      udp.close();
      await once(udp, "close");
    },
  };
}
