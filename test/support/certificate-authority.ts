/** Certificates for tests, made by the openssl command line once per folder: a root, an intermediate, and leaves with every usual fault. */

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Identity {
  /** The chain as a server sends it, PEM. */
  readonly cert: string;
  readonly key: string;
}

export interface LeafOptions {
  readonly names: readonly string[];
  /** From now; negative for a certificate that has ended. */
  readonly daysLeft?: number;
  /** Leaves the intermediate out of what the server sends. */
  readonly incompleteChain?: boolean;
  /** Signed by itself instead of the authority. */
  readonly selfSigned?: boolean;
}

export interface CertificateAuthority {
  /** The root, PEM: what a client trusts. */
  readonly root: string;
  /** The folder, for tests that need files. */
  readonly folder: string;
  readonly leaf: (options: LeafOptions) => Promise<Identity>;
  readonly remove: () => Promise<void>;
}

const DAY_MS = 86_400_000;
const AUTHORITY = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n";

/** `YYYYMMDDHHMMSSZ`, as `openssl x509 -not_before` and `ca` take it. */
function openssl(time: number): string {
  return new Date(time).toISOString().replace(/[-:T]/g, "").replace(/\.\d+/, "");
}

function alternativeNames(names: readonly string[]): string {
  const listed = names.map((name) => (/^[\d.]+$|:/.test(name) ? `IP:${name}` : `DNS:${name}`));
  return `subjectAltName=${listed.join(",")}\n`;
}

class Folder {
  constructor(readonly path: string) {}

  file(name: string): string {
    return join(this.path, name);
  }

  read(name: string): Promise<string> {
    return readFile(this.file(name), "utf8");
  }

  async openssl(...words: readonly string[]): Promise<void> {
    await run("openssl", [...words], { cwd: this.path });
  }

  /** A key and a request of this name. */
  async request(name: string, commonName: string): Promise<void> {
    await this.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", `${name}.key`);
    await this.openssl(
      "req",
      "-new",
      "-key",
      `${name}.key`,
      "-subj",
      `/CN=${commonName}`,
      "-out",
      `${name}.csr`,
    );
  }

  /** Signs a request with the authority `issuer`, its own key when they are the same. */
  async sign(name: string, issuer: string, extensions: string, from: number, until: number): Promise<void> {
    await writeFile(this.file(`${name}.ext`), extensions);
    await writeFile(this.file(`${name}.index`), "");
    const self = issuer === name;
    const config =
      `[ca]\ndefault_ca=d\n[d]\ndatabase=${name}.index\nnew_certs_dir=.\nrand_serial=yes\n` +
      "default_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n";
    await writeFile(this.file(`${name}.cnf`), config);
    await this.openssl(
      ...["ca", "-batch", "-notext", "-config", `${name}.cnf`, "-extfile", `${name}.ext`],
      ...["-startdate", openssl(from), "-enddate", openssl(until)],
      ...["-in", `${name}.csr`, "-out", `${name}.pem`, "-keyfile", `${issuer}.key`],
      ...(self ? ["-selfsign"] : ["-cert", `${issuer}.pem`]),
    );
  }
}

/** A root, an intermediate below it, and as many leaves below that as are asked for. */
export async function makeCertificateAuthority(): Promise<CertificateAuthority> {
  const folder = new Folder(await mkdtemp(join(tmpdir(), "tocsin-ca-")));
  const from = Date.now() - 400 * DAY_MS;
  const until = Date.now() + 400 * DAY_MS;
  await folder.request("root", "Test Root");
  await folder.sign("root", "root", AUTHORITY, from, until);
  await folder.request("intermediate", "Test Intermediate");
  await folder.sign("intermediate", "root", AUTHORITY, from, until);
  let leaves = 0;
  const leaf = async (options: LeafOptions): Promise<Identity> => {
    const { names, daysLeft = 90, incompleteChain = false, selfSigned = false } = options;
    leaves += 1;
    const name = `leaf-${leaves}`;
    await folder.request(name, names[0] ?? "nobody");
    const ends = Date.now() + daysLeft * DAY_MS;
    await folder.sign(
      name,
      selfSigned ? name : "intermediate",
      `basicConstraints=CA:FALSE\n${alternativeNames(names)}`,
      from,
      ends,
    );
    const own = await folder.read(`${name}.pem`);
    const chain = incompleteChain || selfSigned ? "" : await folder.read("intermediate.pem");
    return { cert: own + chain, key: await folder.read(`${name}.key`) };
  };
  return {
    root: await folder.read("root.pem"),
    folder: folder.path,
    leaf,
    remove: () => rm(folder.path, { recursive: true, force: true }),
  };
}
