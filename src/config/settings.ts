/** What the configuration says of the installation itself, and what therefore is no part of the plan. */

import { isAbsolute, join } from "node:path";

import type { SecretRef } from "../domain/plan.js";
import type { ParsedConfig } from "./parsed.js";
import { isSecretReference } from "./variables.js";

interface TlsSettings {
  readonly ca?: SecretRef;
  readonly cert?: SecretRef;
  readonly key?: SecretRef;
  readonly serverName?: string;
}

export interface Settings {
  readonly store: {
    /** A reference, or an address without a password. */
    readonly url?: string;
    /** Absolute. */
    readonly dir?: string;
  };
  readonly temporal: {
    readonly address?: string;
    readonly namespace?: string;
    /** Empty, or ends in `-`. */
    readonly prefix: string;
    /** true: with the system's authorities. */
    readonly tls: boolean | TlsSettings;
  };
  readonly api: { readonly listen?: { readonly host: string; readonly port: number } };
}

/** `folder` is that of the main file: relative paths start there. */
export function settingsOf({ store, temporal, api }: ParsedConfig, folder: string): Settings {
  const { address, namespace, prefix } = temporal;
  return {
    store: {
      ...(store.url === undefined ? {} : { url: store.url }),
      ...(store.dir === undefined
        ? {}
        : { dir: isAbsolute(store.dir) ? store.dir : join(folder, store.dir) }),
    },
    temporal: {
      ...(address === undefined ? {} : { address }),
      ...(namespace === undefined ? {} : { namespace }),
      prefix: prefix === "" || prefix.endsWith("-") ? prefix : `${prefix}-`,
      tls: tlsOf(temporal.tls),
    },
    api: api.listen === undefined ? {} : { listen: hostAndPort(api.listen) },
  };
}

function tlsOf(tls: ParsedConfig["temporal"]["tls"]): boolean | TlsSettings {
  if (typeof tls === "boolean") return tls;
  return {
    ...(isReference(tls.ca) ? { ca: tls.ca } : {}),
    ...(isReference(tls.cert) ? { cert: tls.cert } : {}),
    ...(isReference(tls.key) ? { key: tls.key } : {}),
    ...(tls.server_name === undefined ? {} : { serverName: tls.server_name }),
  };
}

function isReference(text: string | undefined): text is SecretRef {
  return text !== undefined && isSecretReference(text);
}

function hostAndPort(listen: string): { readonly host: string; readonly port: number } {
  const colon = listen.lastIndexOf(":");
  return { host: listen.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(listen.slice(colon + 1)) };
}
