/** Files of a spool: the owner's alone, and on the disk before anybody is told so. */
import { StoreFault, type StoreFaultKind } from "../../../application/ports/store.ts";

const OWNERS_FILE = 0o600;
const OWNERS_FOLDER = 0o700;

export async function makeFolder(path: string): Promise<void> {
  await Deno.mkdir(path, { recursive: true, mode: OWNERS_FOLDER });
  const { mode } = await Deno.stat(path);
  if (mode !== null && (mode & 0o077) !== 0) await Deno.chmod(path, OWNERS_FOLDER);
}

/** Open and locked; null when another process has it. Closing it gives it free. */
export async function lockedFile(path: string): Promise<Deno.FsFile | null> {
  const file = await Deno.open(path, { write: true, create: true, mode: OWNERS_FILE });
  if (await file.tryLock(true)) return file;
  file.close();
  return null;
}

/** A new file that holds `bytes`, open for more. */
export async function beginFile(path: string, bytes: Uint8Array): Promise<Deno.FsFile> {
  const file = await Deno.open(path, { write: true, createNew: true, mode: OWNERS_FILE });
  try {
    await writeThrough(file, bytes);
    await syncFolder(path.slice(0, path.lastIndexOf("/")));
    return file;
  } catch (fault) {
    file.close();
    await Deno.remove(path).catch(() => {});
    throw fault;
  }
}

/** Puts `bytes` in the place of the file's content: whole or not at all. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.new`;
  (await beginFile(beside, bytes)).close();
  await Deno.rename(beside, path);
  await syncFolder(path.slice(0, path.lastIndexOf("/")));
}

export async function writeThrough(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
  await file.syncData();
}

export async function readPart(path: string, offset: number, length: number): Promise<Uint8Array> {
  using file = await Deno.open(path, { read: true });
  await file.seek(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  for (let read = 0; read < length;) {
    const count = await file.read(bytes.subarray(read));
    if (count === null) return bytes.subarray(0, read);
    read += count;
  }
  return bytes;
}

/** A name in a folder outlives a loss of power only once the folder is written, too. */
export async function syncFolder(path: string): Promise<void> {
  using folder = await Deno.open(path, { read: true });
  await folder.sync();
}

/** The system's error as the store's, with a remedy. */
export function diskFault(attempt: string, cause: unknown): StoreFault {
  if (cause instanceof StoreFault) return cause;
  const words = cause instanceof Error ? cause.message : String(cause);
  const [, kind, explanation] = FAULTS.find(([pattern]) => pattern.test(words)) ?? [null, "away" as const, words];
  return new StoreFault(kind, `${attempt}: ${explanation}`, cause);
}

const FAULTS: readonly (readonly [RegExp, StoreFaultKind, string])[] = [
  [/os error (28|122)\b|No space left|quota/i, "full", "the disk is full; make room"],
  [
    /os error (1|13|30)\b|Permission denied|Read-only file system|Requires write access/i,
    "read-only",
    "it cannot be written; give the user that runs apex write access to it",
  ],
];
