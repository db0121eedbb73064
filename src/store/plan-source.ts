/**
 * Plans by revision, as the page path reads them: from memory, else from the state directory, else from the store. A revision that
 * was used once is found again while the store is away.
 */

import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { RevisionId } from "../domain/ids.js";
import type { Plan } from "../domain/plan.js";
import { TocsinError } from "../errors.js";
import { errorCode } from "../lib/error-code.js";
import type { Store, StoredRevision } from "./store.js";

/** Revisions kept on disk; the store keeps all that are referenced. */
const KEPT_ON_DISK = 20;

export interface PlanSource {
  /** Rejects with STO-090 when nobody has this revision. */
  plan(revision: RevisionId): Promise<Plan>;
  /** The one applied last; undefined when none ever was. */
  current(): Promise<StoredRevision | undefined>;
  /** Keeps it in memory, on disk and, best-effort, in the store; `stored` tells whether the store has it. */
  keep(revision: StoredRevision): Promise<{ readonly stored: boolean }>;
}

/** `dir` is the state directory; without one, plans are held in memory and in the store only. */
export function createPlanSource(options: {
  readonly store: Pick<Store, "revision" | "currentRevision" | "saveRevision">;
  readonly dir?: string;
  readonly log: (line: string) => void;
}): PlanSource {
  const { store, dir, log } = options;
  const folder = dir === undefined ? undefined : join(dir, "revisions");
  const memory = new Map<RevisionId, Plan>();
  let drafts = 0;

  async function fromDisk(name: string): Promise<StoredRevision | undefined> {
    if (folder === undefined) return undefined;
    try {
      return JSON.parse(await readFile(join(folder, `${name}.json`), "utf8")) as StoredRevision;
    } catch (error) {
      if (errorCode(error) !== "ENOENT")
        log(`the copy of revision ${name} on disk cannot be read: ${String(error)}`);
      return undefined;
    }
  }

  async function toDisk(name: string, revision: StoredRevision): Promise<void> {
    if (folder === undefined) return;
    try {
      await mkdir(folder, { recursive: true });
      const file = join(folder, `${name}.json`);
      // Two may be kept at once; and a power cut must leave the old copy or the new one.
      const draft = `${file}.${process.pid}.${(drafts += 1)}`;
      await writeFile(draft, JSON.stringify(revision), { flush: true });
      await rename(draft, file);
      await prune(folder, name);
    } catch (error) {
      log(`revision ${name} could not be kept on disk: ${String(error)}`);
    }
  }

  return {
    async plan(revision) {
      const known = memory.get(revision) ?? (await fromDisk(revision))?.plan;
      if (known !== undefined) {
        memory.set(revision, known);
        return known;
      }
      const stored = await store.revision(revision);
      if (stored === undefined) {
        throw new TocsinError("STO-090", `revision ${revision} is neither in the store nor on this machine`);
      }
      memory.set(revision, stored.plan);
      await toDisk(revision, stored);
      return stored.plan;
    },
    async current() {
      const onDisk = await fromDisk("current");
      try {
        const stored = await store.currentRevision();
        if (onDisk === undefined || (stored !== undefined && stored.appliedAt >= onDisk.appliedAt))
          return stored;
        // Applied here while the store was away.
        await store.saveRevision(onDisk);
      } catch (error) {
        log(`the store cannot say which revision is current: ${String(error)}`);
      }
      return onDisk;
    },
    async keep(revision) {
      memory.set(revision.plan.revision, revision.plan);
      await toDisk(revision.plan.revision, revision);
      await toDisk("current", revision);
      try {
        await store.saveRevision(revision);
        return { stored: true };
      } catch (error) {
        log(`the store could not take revision ${revision.plan.revision}: ${String(error)}`);
        return { stored: false };
      }
    },
  };
}

/** The revisions used longest ago make room; the store has them still. */
async function prune(folder: string, kept: string): Promise<void> {
  const names = (await readdir(folder)).filter(
    (name) => /^[0-9a-f]+\.json$/.test(name) && name !== `${kept}.json`,
  );
  if (names.length < KEPT_ON_DISK) return;
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
  );
  const surplus = aged.sort((a, b) => b.at - a.at).slice(KEPT_ON_DISK - 1);
  await Promise.all(surplus.map(({ name }) => unlink(join(folder, name))));
}
