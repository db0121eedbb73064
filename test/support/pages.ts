/** What a delivery of the webhook says, in the words of tests. */

import type { Receiver } from "./receiver.js";

type Delivery = Receiver["received"][number];

/** One alert as the webhook's body carries it. */
export interface DeliveredAlert {
  readonly id: string;
  readonly episode: number;
  readonly state: string;
  readonly since: string;
  readonly fired_at: string;
  readonly resolved_at?: string;
  readonly end_reason?: string;
  readonly reason: string;
  readonly blind_ms?: number;
}

interface Data {
  readonly incident: string;
  readonly n: number;
  readonly state: string;
  readonly reason: string;
  readonly alerts: readonly DeliveredAlert[];
  readonly more: number;
  readonly acknowledged_by?: string;
  readonly notes?: readonly string[];
}

export function dataOf(delivery: Delivery): Data {
  return (JSON.parse(delivery.body) as { readonly data: Data }).data;
}

/** `firing`, `resolved`… */
export function kindOf(delivery: Delivery): string {
  const { type } = JSON.parse(delivery.body) as { readonly type: string };
  return type.slice(type.lastIndexOf(".") + 1);
}

/** `<system>/<service>` */
export function serviceOf(delivery: Delivery): string {
  return dataOf(delivery).incident.split("@")[0] ?? "";
}

export function alertOf(delivery: Delivery): DeliveredAlert {
  const [alert] = dataOf(delivery).alerts;
  if (alert === undefined) throw new Error(`no alert in ${delivery.body}`);
  return alert;
}
