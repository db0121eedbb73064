/** What a request proves itself with: secret references resolved into headers, TLS identities and bodies, each value remembered to be kept out of sight. */

import type { Revealed } from "./redact.js";
import { SECRET_PATTERN } from "./spec-values.js";
import type { TlsSettings } from "./tls-context.js";

/** The text behind `env:NAME` or `file:PATH`. Rejects when there is none. */
export type RevealSecret = (ref: string) => Promise<{ reveal(): string }>;

export type HttpAuth =
  { readonly bearer: string } | { readonly basic: { readonly username: string; readonly password: string } };

/** PEM texts by reference (`file:PATH`, `env:NAME`); a bare path is a file. */
export interface TlsReferences {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly insecure?: boolean | undefined;
  readonly server_name?: string | undefined;
}

/** A secret could not be resolved. `message` says which reference and why, never a value. */
export class MissingSecret extends Error {}

/** Resolves references and remembers what it revealed. */
export class Credentials {
  constructor(
    readonly secrets: RevealSecret,
    readonly revealed: Revealed,
  ) {}

  /** The value of a reference; rejects with {@link MissingSecret}. */
  async secret(ref: string): Promise<string> {
    const value = await this.#read(ref);
    this.revealed.add(value);
    return value;
  }

  /** A value that may be a reference, else is meant as it stands. */
  async value(text: string): Promise<string> {
    return SECRET_PATTERN.test(text) ? this.secret(text) : text;
  }

  /** The `authorization` header's value. */
  async authorization(auth: HttpAuth): Promise<string> {
    if ("bearer" in auth) return `Bearer ${(await this.secret(auth.bearer)).trim()}`;
    return this.#basic(`${await this.value(auth.basic.username)}:${await this.secret(auth.basic.password)}`);
  }

  /** The `authorization` header's value of `user:password@` in a URL. */
  userInfo(url: URL): string {
    const password = percentDecoded(url.password);
    this.revealed.add(password);
    return this.#basic(`${percentDecoded(url.username)}:${password}`);
  }

  async tls({ ca, cert, key, insecure, server_name: serverName }: TlsReferences): Promise<TlsSettings> {
    return {
      ...(ca === undefined ? {} : { ca: await this.#read(asFile(ca)) }),
      ...(cert === undefined ? {} : { cert: await this.#read(asFile(cert)) }),
      ...(key === undefined ? {} : { key: await this.secret(asFile(key)) }),
      ...(insecure === true ? { insecure } : {}),
      ...(serverName === undefined ? {} : { serverName }),
    };
  }

  #basic(pair: string): string {
    const encoded = Buffer.from(pair).toString("base64");
    this.revealed.add(encoded);
    return `Basic ${encoded}`;
  }

  async #read(ref: string): Promise<string> {
    try {
      return (await this.secrets(ref)).reveal();
    } catch (error) {
      throw new MissingSecret(error instanceof Error ? error.message : `${ref} cannot be read`, {
        cause: error,
      });
    }
  }
}

function asFile(text: string): string {
  return SECRET_PATTERN.test(text) ? text : `file:${text}`;
}

/** A stray per cent sign stands for itself. */
function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escaped) =>
    Buffer.from(escaped.replaceAll("%", ""), "hex").toString("utf8"),
  );
}
