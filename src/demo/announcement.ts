/** What a running demo says of itself first: where its parts are, how to watch them, how to break them. */

import type { Demo } from "./main.js";

/** Where `demo.yaml` looks unless its variables say otherwise. */
const USUAL: Readonly<Record<string, string>> = {
  TOCSIN_DEMO_CONTROLLER: "http://127.0.0.1:8000",
  TOCSIN_DEMO_DISPATCHER: "http://127.0.0.1:8080",
  TOCSIN_DEMO_SINK: "http://127.0.0.1:9099",
};

/** Lines for a person; the command to watch it carries the variables of those addresses that are not the usual ones. */
export function announcement(demo: Pick<Demo, "controllerUrl" | "dispatcherUrl" | "sinkUrl">): string {
  const { controllerUrl, dispatcherUrl, sinkUrl } = demo;
  const addresses = {
    TOCSIN_DEMO_CONTROLLER: controllerUrl,
    TOCSIN_DEMO_DISPATCHER: dispatcherUrl,
    TOCSIN_DEMO_SINK: sinkUrl,
  };
  const moved = Object.entries(addresses).filter(([name, url]) => USUAL[name] !== url);
  const variables = moved.map(([name, url]) => `${name}=${url} \\\n            `);
  return [
    `controller  ${controllerUrl}/health/  ${controllerUrl}/ready/`,
    `dispatcher  ${dispatcherUrl}/health  ${dispatcherUrl}/ready`,
    `pages       ${sinkUrl}/hook`,
    "",
    `Watch it:   ${variables.join("")}tocsin up`,
    "Break it:   tocsin demo break controller",
    "Mend it:    tocsin demo mend all",
    "",
  ].join("\n");
}
