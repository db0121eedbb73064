/** Asks one DNS question and answers with its records as text, the form in which configuration and people write them. */

import type { CaaRecord, RecordWithTtl, Resolver } from "node:dns";
import { isIP } from "node:net";

export const RECORD_TYPES = ["A", "AAAA", "CNAME", "MX", "NS", "TXT", "SRV", "SOA", "PTR", "CAA"] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

export interface Records {
  readonly answers: readonly string[];
  /** The shortest; only addresses come with one. */
  readonly ttlS?: number;
}

type Answered<T> = (error: Error | null, records: T) => void;

function ask<T>(question: (answered: Answered<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    question((error, records) => (error === null ? resolve(records) : reject(error)));
  });
}

/** As both sides are compared: names in lower case without the last dot, IPv6 addresses in their short form, free text as it is. */
export function canonicalAnswer(text: string, type: RecordType): string {
  if (type === "TXT" || type === "CAA") return text;
  if (isIP(text) === 6) return new URL(`http://[${text}]`).hostname.slice(1, -1);
  return text.toLowerCase().replace(/\.$/, "");
}

function addresses(records: readonly RecordWithTtl[]): Records {
  return {
    answers: records.map(({ address }) => address),
    ttlS: Math.min(...records.map(({ ttl }) => ttl)),
  };
}

/** `0 issue letsencrypt.org` */
function caaText({ critical, ...properties }: CaaRecord): string {
  const [tag = "", value = ""] = Object.entries(properties).find(([name]) => name !== "type") ?? [];
  return `${critical} ${tag} ${value}`;
}

/** Rejects with c-ares' codes: `ENOTFOUND`, `ENODATA`, `ESERVFAIL`… */
export async function resolveRecords(resolver: Resolver, name: string, type: RecordType): Promise<Records> {
  switch (type) {
    case "A":
      return addresses(await ask((done) => resolver.resolve4(name, { ttl: true }, done)));
    case "AAAA":
      return addresses(await ask((done) => resolver.resolve6(name, { ttl: true }, done)));
    case "CNAME":
      return { answers: await ask<string[]>((done) => resolver.resolveCname(name, done)) };
    case "NS":
      return { answers: await ask<string[]>((done) => resolver.resolveNs(name, done)) };
    case "PTR":
      return {
        answers: await ask<string[]>((done) =>
          isIP(name) === 0 ? resolver.resolvePtr(name, done) : resolver.reverse(name, done),
        ),
      };
    case "MX": {
      const records = await ask<{ priority: number; exchange: string }[]>((done) =>
        resolver.resolveMx(name, done),
      );
      return { answers: records.map(({ priority, exchange }) => `${priority} ${exchange}`) };
    }
    case "TXT": {
      const records = await ask<string[][]>((done) => resolver.resolveTxt(name, done));
      return { answers: records.map((chunks) => chunks.join("")) };
    }
    case "SRV": {
      const records = await ask<{ priority: number; weight: number; port: number; name: string }[]>((done) =>
        resolver.resolveSrv(name, done),
      );
      return { answers: records.map((each) => `${each.priority} ${each.weight} ${each.port} ${each.name}`) };
    }
    case "SOA": {
      const { nsname, hostmaster, serial } = await ask<{
        nsname: string;
        hostmaster: string;
        serial: number;
      }>((done) => resolver.resolveSoa(name, done));
      return { answers: [`${nsname} ${hostmaster} ${serial}`] };
    }
    case "CAA":
      return { answers: (await ask<CaaRecord[]>((done) => resolver.resolveCaa(name, done))).map(caaText) };
  }
}
