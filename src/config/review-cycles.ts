/** Dependencies in a circle: every one of them would hold the alerts of all. */

import type { ParsedConfig } from "./parsed.js";
import type { Finding, Path } from "./problem.js";
import { dependencyId } from "./review-references.js";
import { services } from "./walk.js";

interface Edge {
  readonly to: string;
  readonly path: Path;
}

/** One finding for each circle, at the reference that closes it. */
export function reviewCycles(config: ParsedConfig): readonly Finding[] {
  const edges = new Map<string, readonly Edge[]>();
  for (const { system, service } of services(config)) {
    const to = (service.value?.depends_on ?? []).map((reference, index) => ({
      to: dependencyId(reference, system.name),
      path: [...service.path, "depends_on", index],
    }));
    edges.set(`${system.name}/${service.name}`, to);
  }
  const findings: Finding[] = [];
  const done = new Set<string>();
  for (const start of edges.keys()) follow(start, edges, done, findings);
  return findings;
}

/** Depth first without recursion: a chain may be as long as there are services. */
function follow(
  start: string,
  edges: ReadonlyMap<string, readonly Edge[]>,
  done: Set<string>,
  findings: Finding[],
): void {
  const trail: { readonly id: string; next: number }[] = [];
  const onTrail = new Set<string>();
  const enter = (id: string): void => {
    if (done.has(id)) return;
    trail.push({ id, next: 0 });
    onTrail.add(id);
  };
  enter(start);
  for (let at = trail.at(-1); at !== undefined; at = trail.at(-1)) {
    const edge = edges.get(at.id)?.[at.next];
    at.next += 1;
    if (edge === undefined) {
      done.add(at.id);
      onTrail.delete(at.id);
      trail.pop();
    } else if (onTrail.has(edge.to)) {
      const ids = trail.map(({ id }) => id);
      findings.push(circle([...ids.slice(ids.indexOf(edge.to)), edge.to], edge.path));
    } else {
      enter(edge.to);
    }
  }
}

function circle(ids: readonly string[], path: Path): Finding {
  const message =
    ids.length === 2 ? "a service cannot depend on itself" : `services depend on each other in a circle`;
  return { code: "CFG-018", path, message, ...(ids.length === 2 ? {} : { hint: ids.join(" → ") }) };
}
