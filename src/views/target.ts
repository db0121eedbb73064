/** What people type to name a service, a check or an alert. */

import type { AlertId, CheckId, ServiceId } from "../domain/ids.js";
import { NAME_PATTERN } from "../domain/ids.js";
import { TocsinError } from "../errors.js";

export interface ScopeTarget {
  readonly system: string;
  readonly service?: string;
  readonly check?: string;
}

/** `<system>/<service>`. Throws CLI-001. */
export function serviceTarget(text: string): ServiceId {
  const [system = "", service = "", ...rest] = text.split("/");
  if (rest.length > 0 || !isName(system) || !isServiceName(service)) {
    throw new TocsinError("CLI-001", `'${text}' names no service: write <system>/<service>`);
  }
  return text as ServiceId;
}

/** `<system>[/<service>[/<check>]]`. Throws CLI-001. */
export function scopeTarget(text: string): ScopeTarget {
  const parts = text.split("/");
  if (parts.length > 3 || !parts.every(isName)) {
    throw new TocsinError("CLI-001", `'${text}' names nothing: write <system>[/<service>[/<check>]]`);
  }
  const [system = "", service, check] = parts;
  return { system, ...(service === undefined ? {} : { service }), ...(check === undefined ? {} : { check }) };
}

/** `<system>/<service>/<check>`. Throws CLI-001. */
export function checkTarget(text: string): CheckId {
  const parts = text.split("/");
  if (parts.length !== 3 || !parts.every(isName)) {
    throw new TocsinError("CLI-001", `'${text}' names no check: write <system>/<service>/<check>`);
  }
  return text as CheckId;
}

export type WhyTarget =
  | { readonly kind: "alert"; readonly alert: AlertId; readonly service: ServiceId }
  | { readonly kind: "check"; readonly check: CheckId; readonly service: ServiceId }
  | { readonly kind: "service"; readonly service: ServiceId };

/** A service, a check or an alert, told apart by how much was typed. Throws CLI-001. */
export function whyTarget(text: string): WhyTarget {
  const parts = text.split("/");
  if (parts.length > 5 || parts.includes("")) {
    throw new TocsinError("CLI-001", `'${text}' names no service, check or alert`);
  }
  const service = serviceTarget(parts.slice(0, 2).join("/"));
  if (parts.length === 2) return { kind: "service", service };
  if (parts.length === 3) return { kind: "check", check: text as CheckId, service };
  return { kind: "alert", alert: text as AlertId, service };
}

function isName(text: string): boolean {
  return NAME_PATTERN.test(text);
}

/** Services that Tocsin makes itself begin with an underscore. */
function isServiceName(text: string): boolean {
  return isName(text.replace(/^_/, ""));
}
