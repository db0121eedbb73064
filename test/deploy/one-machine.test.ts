import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";

import { packageRoot } from "../../src/lib/package-root.js";

/** Container file, compose file and systemd units as they are shipped: what neither is needed for. */
const read = (name: string): string => readFileSync(join(packageRoot, "deploy", name), "utf8");
const { version, engines } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
  readonly version: string;
  readonly engines: { readonly node: string };
};

interface Compose {
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

describe("the compose file", () => {
  const { services } = parse(read("compose/compose.yaml"), { merge: true }) as Compose;

  it.each(Object.entries(services))(
    "gives %s no rights and nothing to write but its state",
    (_name, service) => {
      expect(service).toMatchObject({
        image: `tocsin:${version}`,
        user: "10001:10001",
        read_only: true,
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
        env_file: ["tocsin.env"],
      });
    },
  );

  it("runs worker and listener apart, and the rest only when it is asked for", () => {
    expect(services.worker).toMatchObject({ command: ["worker", "--json"], restart: "unless-stopped" });
    expect(services.serve).toMatchObject({ ports: ["127.0.0.1:8470:8470"], restart: "unless-stopped" });
    for (const name of ["apply", "tocsin"])
      expect(services[name]).toMatchObject({ profiles: ["command"], restart: "no" });
  });

  it("comes with an example of its environment that holds no secret", () => {
    const example = read("compose/tocsin.env.example");
    expect(example).toMatch(/^DATABASE_URL=postgresql:\/\/tocsin:CHANGE-ME@/m);
    expect(example).toMatch(/^TEMPORAL_ADDRESS=/m);
  });
});

describe("the container file", () => {
  const lines = read("container/Containerfile").split("\n");
  const copied = lines.flatMap((line) => /^COPY --from=build (.+) \S+$/.exec(line)?.[1]?.split(" ") ?? []);

  it("pins a Node.js that Tocsin runs on", () => {
    const node = /node:(\d+)\.(\d+)\.(\d+)-/.exec(lines.join("\n"));
    expect(engines.node).toBe(">=20.20.0");
    expect([node?.[1], Number(node?.[2]) >= 20]).toEqual(["20", true]);
  });

  it("ends as a user of its own, and copies what there is", () => {
    expect(lines).toContain("USER 10001:10001");
    const made = ["node_modules", "dist"];
    const missing = copied
      .map((path) => path.replace("/opt/tocsin/", ""))
      .filter((path) => !made.includes(path) && !existsSync(join(packageRoot, path)));
    expect(missing).toEqual([]);
  });

  it("is built from nothing that it does not need: only what is let in by name", () => {
    const [first, ...others] = read("container/Containerfile.dockerignore").trim().split("\n");
    expect(first).toBe("*");
    expect(others.every((line) => line.startsWith("!"))).toBe(true);
  });
});

describe.each(["worker", "serve"])("the unit of %s", (role) => {
  const unit = read(`systemd/tocsin-${role}.service`);

  it("runs it as a user that is made for it, with its secrets in a file of their own", () => {
    expect(unit).toContain(`main.js ${role} --json\n`);
    for (const line of [
      "DynamicUser=yes",
      "ProtectSystem=strict",
      "NoNewPrivileges=yes",
      "CapabilityBoundingSet=",
    ])
      expect(unit.split("\n")).toContain(line);
    expect(unit).toContain(`StateDirectory=tocsin-${role}\n`);
    expect(unit).toContain(`TOCSIN_DIR=/var/lib/tocsin-${role} `);
    expect(unit).toContain("EnvironmentFile=/etc/tocsin/tocsin.env\n");
  });
});
