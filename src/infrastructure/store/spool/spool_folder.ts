/** One database's folder of spool files: whose it is, and what an earlier process left in it. */
import type { Log } from "../../../application/ports/log.ts";
import { HEADER, readLines, type RecordPlace } from "./record_line.ts";
import { lockedFile, makeFolder, replaceFile, syncFolder } from "./spool_disk.ts";

export interface FoundFile {
  readonly path: string;
  readonly bytes: number;
  readonly records: readonly RecordPlace[];
}

export interface SpoolFolder {
  /** What waits, oldest first. */
  readonly found: readonly FoundFile[];
  /** Of a file that is to be begun. */
  nextPath(): string;
  /** Copies the file to where nothing of the program reads it, and says where. */
  keepAside(path: string): Promise<string>;
  /** Lets another process have it. */
  close(): void;
}

/** Processes that share a database each have a folder of their own. */
const MOST_FOLDERS = 16;
const SPOOL_FILE = /^(\d{8})\.spool$/;

/**
 * Takes the first of the database's folders that no process holds, and what processes that ended left in the others.
 * What is not understood is kept aside, and said.
 */
export async function openFolder(root: string, database: string, log: Log): Promise<SpoolFolder> {
  await makeFolder(root);
  const name = await nameOf(database);
  for (let at = 1; at <= MOST_FOLDERS; at++) {
    const path = folderPath(root, name, at);
    await makeFolder(path);
    const lock = await lockedFile(`${path}/lock`);
    if (lock === null) continue;
    try {
      return await readFolder(path, lock, await abandonedFolders(root, name, at), log);
    } catch (fault) {
      lock.close();
      throw fault;
    }
  }
  throw new Error(`${MOST_FOLDERS} processes that write to ${database} hold its folders already; end those that hang`);
}

function folderPath(root: string, name: string, at: number): string {
  return at === 1 ? `${root}/${name}` : `${root}/${name}-${at}`;
}

/** A name that tells databases apart and says nothing of them. */
async function nameOf(database: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(database)));
  return hash.toHex().slice(0, 16);
}

interface Abandoned {
  readonly path: string;
  readonly lock: Deno.FsFile;
}

async function abandonedFolders(root: string, name: string, own: number): Promise<Abandoned[]> {
  const abandoned: Abandoned[] = [];
  for (let at = 1; at <= MOST_FOLDERS; at++) {
    const path = folderPath(root, name, at);
    if (at === own || (await filesIn(path)).length === 0) continue;
    const lock = await lockedFile(`${path}/lock`);
    if (lock !== null) abandoned.push({ path, lock });
  }
  return abandoned;
}

async function readFolder(
  path: string,
  lock: Deno.FsFile,
  abandoned: readonly Abandoned[],
  log: Log,
): Promise<SpoolFolder> {
  let last = await lastNumberIn(path);
  const nextPath = () => `${path}/${String(++last).padStart(8, "0")}.spool`;
  for (const other of abandoned) {
    for (const file of await filesIn(other.path)) await Deno.rename(`${other.path}/${file}`, nextPath());
    other.lock.close();
  }
  const keepAside = async (file: string) => {
    const aside = `${path}/${String(++last).padStart(8, "0")}.aside`;
    await Deno.copyFile(file, aside);
    return aside;
  };
  const found: FoundFile[] = [];
  for (const file of await filesIn(path)) found.push(...await readFile(`${path}/${file}`, keepAside, log));
  await syncFolder(path);
  return { found, nextPath, keepAside, close: () => lock.close() };
}

async function filesIn(path: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(path), ({ name }) => name)).filter((name) => SPOOL_FILE.test(name))
      .sort();
  } catch (fault) {
    if (fault instanceof Deno.errors.NotFound) return [];
    throw fault;
  }
}

/** Of any file there, also of those that were kept aside; what an interrupted rewriting left is removed. */
async function lastNumberIn(path: string): Promise<number> {
  let last = 0;
  for await (const { name } of Deno.readDir(path)) {
    if (name.endsWith(".new")) await Deno.remove(`${path}/${name}`);
    last = Math.max(last, Number(/^\d{8}/.exec(name)?.[0] ?? 0));
  }
  return last;
}

/** Nothing when no batch is in it, or none that this program understands. */
async function readFile(
  path: string,
  keepAside: (path: string) => Promise<string>,
  log: Log,
): Promise<FoundFile[]> {
  const bytes = await Deno.readFile(path);
  const lines = readLines(bytes);
  if (lines === null || lines.damaged > 0) {
    const aside = await keepAside(path);
    log.write(
      "ERROR",
      "DATA",
      lines === null
        ? `The spool file ${path} is of another version of apex; it is kept as ${aside}: give it back its name for that version`
        : `${lines.damaged} batches in the spool file ${path} are damaged and lost; the file is kept as ${aside}`,
    );
  }
  if (lines !== null && lines.tornBytes > 0) {
    log.write(
      "WARN",
      "DATA",
      `The last batch in the spool file ${path} was cut short when apex was ended, and is dropped`,
    );
  }
  if (lines === null || lines.records.length === 0) {
    await Deno.remove(path);
    return [];
  }
  const whole = lines.damaged === 0 && lines.tornBytes === 0;
  return [whole ? { path, bytes: bytes.length, records: lines.records } : await rewritten(path, bytes, lines.records)];
}

async function rewritten(path: string, bytes: Uint8Array, records: readonly RecordPlace[]): Promise<FoundFile> {
  const header = new TextEncoder().encode(HEADER);
  const size = records.reduce((sum, { length }) => sum + length, header.length);
  const whole = new Uint8Array(size);
  whole.set(header);
  let offset = header.length;
  const moved = records.map((place) => {
    whole.set(bytes.subarray(place.offset, place.offset + place.length), offset);
    const at = { ...place, offset };
    offset += place.length;
    return at;
  });
  await replaceFile(path, whole);
  return { path, bytes: size, records: moved };
}
