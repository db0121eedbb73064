/** What Kohakku's Controller and Dispatcher answer, well and ill: the bodies, codes and quirks that a monitor meets in the field. */

import type { Fault } from "./fault.js";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The parts of a request that an answer depends on. */
export interface Asked {
  readonly path: string;
  /** The Host header. */
  readonly host: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Milliseconds since the service started. */
  readonly uptimeMs: number;
  /** Of the faults only `503` and `degraded` change an answer. */
  readonly fault: Fault | undefined;
}

const ALLOWED_HOSTS = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;
const DATABASE_DOWN = 'connection to server at "postgres", port 5432 failed: Connection refused';

function json(status: number, value: unknown): Answer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

function html(status: number, title: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const body = `<!doctype html>\n<html lang="en">\n<head><title>${title}</title></head>\n<body><h1>${title}</h1></body>\n</html>\n`;
  return { status, headers: { "content-type": "text/html; charset=utf-8", ...headers }, body };
}

function uptime(ms: number): string {
  const totalS = Math.floor(ms / 1000);
  const [hours, minutes, seconds] = [Math.floor(totalS / 3600), Math.floor(totalS / 60) % 60, totalS % 60];
  if (hours > 0) return `${hours}h ${minutes}m ${seconds}s`;
  return minutes > 0 ? `${minutes}m ${seconds}s` : `${seconds}s`;
}

/** Django's own way: every answer carries the same envelope, links only while all is well. */
function envelope(asked: Asked, status: string, checks: Readonly<Record<string, string>>) {
  return {
    service: "kohakku-controller",
    version: "1.8.0",
    status,
    uptime: uptime(asked.uptimeMs),
    timestamp: new Date(asked.now).toISOString().replace("Z", "000+00:00"),
    checks,
  };
}

function controllerHealth(asked: Asked): Answer {
  if (asked.fault === "503") {
    return json(503, envelope(asked, "error", { database: "error", detail: DATABASE_DOWN }));
  }
  const links = { admin: "/admin/", ready: "/ready/" };
  return json(200, { ...envelope(asked, "ok", { database: "ok" }), links });
}

function controllerReady(asked: Asked): Answer {
  if (asked.fault === "503") {
    const checks = { database: "error", redis: "ok", minio: "ok", detail: DATABASE_DOWN };
    return json(503, envelope(asked, "error", checks));
  }
  if (asked.fault === "degraded") {
    const checks = {
      database: "ok",
      redis: "ok",
      minio: "degraded",
      detail: "one of four drives is offline",
    };
    return json(200, envelope(asked, "degraded", checks));
  }
  return json(200, envelope(asked, "ok", { database: "ok", redis: "ok", minio: "ok" }));
}

/** The Controller: Django insists on the slash at the end and on a host it knows. */
export function controllerAnswer(asked: Asked): Answer {
  if (!ALLOWED_HOSTS.test(asked.host)) return html(400, "Bad Request (400)");
  switch (asked.path) {
    case "/health/":
      return controllerHealth(asked);
    case "/ready/":
      return controllerReady(asked);
    case "/health":
    case "/ready":
      return html(301, "Moved Permanently", { location: `${asked.path}/` });
    default:
      return html(404, "Not Found");
  }
}

function dispatcherReady(fault: Fault | undefined): Answer {
  if (fault === "503") return json(503, { status: "error", checks: { database: "error", redis: "ok" } });
  if (fault === "degraded") {
    return json(200, { status: "degraded", checks: { database: "ok", redis: "degraded" } });
  }
  return json(200, { status: "ok", checks: { database: "ok", redis: "ok" } });
}

/** The Dispatcher: its health says only that the process lives, whatever its database does. */
export function dispatcherAnswer({ path, fault }: Asked): Answer {
  switch (path) {
    case "/health":
      return json(200, { status: "ok", service: "kohakku-dispatcher" });
    case "/ready":
      return dispatcherReady(fault);
    default:
      return { status: 404, headers: { "content-type": "text/plain" }, body: "404 page not found\n" };
  }
}
