/** Names and ids of everything Tocsin watches or says, and the only places where they are put together and taken apart. */

declare const brand: unique symbol;
type Branded<T, B extends string> = T & { readonly [brand]: B };

/** `<system>/<service>/<check>` */
export type CheckId = Branded<string, "CheckId">;
/** `<system>/<service>/<check>/<rule>` or, for one subject of a check that sees many, `…/<rule>/<percent-encoded subject>`. */
export type AlertId = Branded<string, "AlertId">;
/** `<system>/<service>`: what an incident is about; its workflow id is `incident:` plus this. */
export type ServiceId = Branded<string, "ServiceId">;
/** `<system>/<service>@<UTC opening time>`: one conversation, minted once. */
export type IncidentId = Branded<string, "IncidentId">;
/** Twelve hexadecimal digits: the hash of an applied configuration. */
export type RevisionId = Branded<string, "RevisionId">;

/** A name as configuration allows it: lower case, digits, `_`, `.`, `-`; at most 63 characters. */
export const NAME_PATTERN = /^[a-z0-9][a-z0-9_.-]{0,62}$/;
/** The system name Tocsin keeps for itself. */
export const RESERVED_SYSTEM = "tocsin";
/** A subject longer than this, once percent-encoded, is cut. */
export const MAX_SUBJECT_LENGTH = 200;

export function serviceId(system: string, service: string): ServiceId {
  return `${system}/${service}` as ServiceId;
}

export function parseServiceId(id: ServiceId): { readonly system: string; readonly service: string } {
  const slash = id.indexOf("/");
  return { system: id.slice(0, slash), service: id.slice(slash + 1) };
}

export function checkId(system: string, service: string, check: string): CheckId {
  return `${system}/${service}/${check}` as CheckId;
}

/** The last segment of an alert id: percent-encoded so that it holds no slash, at most {@link MAX_SUBJECT_LENGTH} characters, never ending inside a character. */
export function encodeSubject(subject: string): string {
  const encoded = encodeURIComponent(subject.toWellFormed());
  if (encoded.length <= MAX_SUBJECT_LENGTH) return encoded;
  let cut = "";
  for (const point of subject.slice(0, MAX_SUBJECT_LENGTH).toWellFormed()) {
    const next = cut + encodeURIComponent(point);
    if (next.length > MAX_SUBJECT_LENGTH) break;
    cut = next;
  }
  return cut;
}

export function alertId(check: CheckId, rule: string, subject?: string): AlertId {
  const base = `${check}/${rule}`;
  return (subject === undefined ? base : `${base}/${encodeSubject(subject)}`) as AlertId;
}

/** The parts of an alert id; `subject` stays percent-encoded. Throws `RangeError` on text that is no alert id. */
export function parseAlertId(id: string): {
  readonly system: string;
  readonly service: string;
  readonly check: string;
  readonly rule: string;
  readonly subject?: string;
} {
  const [system, service, check, rule, subject, ...rest] = id.split("/");
  if (!system || !service || !check || !rule || rest.length > 0) {
    throw new RangeError(`not an alert id: ${id}`);
  }
  return { system, service, check, rule, ...(subject === undefined ? {} : { subject }) };
}

export function serviceOfAlert(id: AlertId): ServiceId {
  const { system, service } = parseAlertId(id);
  return serviceId(system, service);
}

/** `openedAt` in epoch milliseconds of workflow time. */
export function incidentId(service: ServiceId, openedAt: number): IncidentId {
  return `${service}@${new Date(openedAt).toISOString()}` as IncidentId;
}

export function serviceOfIncident(id: IncidentId): ServiceId {
  return id.slice(0, id.lastIndexOf("@")) as ServiceId;
}
