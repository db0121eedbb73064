import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "@jest/globals";
import { parse, parseAllDocuments } from "yaml";

import { packageRoot } from "../../src/lib/package-root.js";

/** The manifests as they are shipped: what no cluster is needed for. */
const folder = join(packageRoot, "deploy", "kubernetes");
const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
  version: string;
};
const IMAGE = `tocsin:${version}`;

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext: object;
  readonly resources: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name?: string };
  readonly spec: {
    readonly selector?: Readonly<Record<string, unknown>>;
    readonly ports?: readonly { readonly port: number; readonly targetPort: string }[];
    readonly template?: { readonly metadata: { readonly labels: object }; readonly spec: Pod };
  };
}

interface Pod {
  readonly securityContext: object;
  readonly containers: readonly Container[];
  readonly volumes: readonly { readonly name: string }[];
}

function manifests(file: string): readonly Manifest[] {
  return parseAllDocuments(readFileSync(join(folder, file), "utf8")).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Manifest;
  });
}

const workloads = ["worker.yaml", "serve.yaml", "apply.yaml"].flatMap((file) =>
  manifests(file).flatMap(({ spec: { template } }) => (template === undefined ? [] : [{ file, template }])),
);

describe.each(workloads)("the pods of $file", ({ template: { spec } }) => {
  const [container] = spec.containers;

  it("run as nobody in particular, on a file system that they cannot write, with no right to more", () => {
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
    });
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  it("are of this version, have limits, and write only where a volume is", () => {
    expect(container).toMatchObject({
      image: IMAGE,
      resources: {
        requests: { cpu: expect.any(String) as unknown },
        limits: { memory: expect.any(String) as unknown },
      },
    });
    const volumes = spec.volumes.map(({ name }) => name);
    expect(container?.volumeMounts.every(({ name }) => volumes.includes(name))).toBe(true);
    expect(container?.volumeMounts.map(({ mountPath }) => mountPath)).toEqual(
      expect.arrayContaining(["/var/lib/tocsin", "/tmp"]),
    );
  });

  it("are given secrets by reference alone", () => {
    const database = container?.env?.find(({ name }) => name === "DATABASE_URL");
    expect(database).toEqual({
      name: "DATABASE_URL",
      valueFrom: { secretKeyRef: { name: "tocsin", key: "database-url" } },
    });
  });
});

describe.each(["worker", "serve"])("the deployment of %s", (component) => {
  const [deployment, budget, service] = manifests(`${component}.yaml`);

  it("is asked by every probe on a port that it has", () => {
    const container = deployment?.spec.template?.spec.containers[0];
    const probe = { httpGet: { path: "/healthz", port: "http" } };
    expect(container).toMatchObject({ startupProbe: probe, livenessProbe: probe, readinessProbe: probe });
    const [port] = container?.ports ?? [];
    const listens = [...(container?.args ?? []), ...(container?.env ?? []).map(({ value = "" }) => value)];
    expect(port?.name).toBe("http");
    expect(listens).toContain(`0.0.0.0:${String(port?.containerPort)}`);
  });

  it("is never drained of its last pod", () => {
    expect(budget).toMatchObject({ kind: "PodDisruptionBudget", spec: { minAvailable: 1 } });
    expect(deployment?.spec).toMatchObject({ replicas: 2, selector: budget?.spec.selector });
    expect(deployment?.spec.template?.metadata.labels).toEqual(
      (budget?.spec.selector as { readonly matchLabels: object }).matchLabels,
    );
  });

  it("is reached through its service, when it has one", () => {
    const labels = deployment?.spec.template?.metadata.labels;
    const wanted = { selector: labels, ports: [{ name: "http", port: 8470, targetPort: "http" }] };
    expect(service?.spec ?? wanted).toEqual(wanted);
  });
});

it("the kustomization names every file but the job, and this version", () => {
  const kustomization = parse(readFileSync(join(folder, "kustomization.yaml"), "utf8")) as object;
  expect(kustomization).toMatchObject({
    resources: ["settings.yaml", "worker.yaml", "serve.yaml"],
    images: [{ name: "tocsin", newTag: version }],
  });
});
