/** What the log needs of the disk. Every call may throw the system's error. */
export interface LogDisk {
  /** Bytes of the file; 0 when there is none. */
  size(path: string): number;
  /** Adds the bytes at the end, all or none of them; makes the file, readable by its owner alone. */
  append(path: string, bytes: Uint8Array): void;
  /** A missing `from` is nothing to move. */
  rename(from: string, to: string): void;
  remove(path: string): void;
  /** Makes the folder of a file, and those above it. */
  makeFolderOf(path: string): void;
}

const OWNER_ONLY = 0o600;
const NEWLINE = 10;

export const logDisk: LogDisk = {
  size(path) {
    return ignoringMissing(() => Deno.statSync(path).size, 0);
  },
  append(path, bytes) {
    const file = Deno.openSync(path, { read: true, append: true, create: true, mode: OWNER_ONLY });
    try {
      const { size, mode } = file.statSync();
      // A file from before, or from another hand, may be open to others.
      if (mode !== null && (mode & 0o077) !== 0) Deno.chmodSync(path, OWNER_ONLY);
      if (size > 0 && !endsWithNewline(file)) bytes = new Uint8Array([NEWLINE, ...bytes]);
      writeWhole(file, bytes, size);
    } finally {
      file.close();
    }
  },
  rename(from, to) {
    ignoringMissing(() => Deno.renameSync(from, to), undefined);
  },
  remove(path) {
    ignoringMissing(() => Deno.removeSync(path), undefined);
  },
  makeFolderOf(path) {
    const folder = path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")));
    if (folder !== "") Deno.mkdirSync(folder, { recursive: true });
  },
};

/** Takes back what was written when the rest does not fit, so that no line is left in half. */
function writeWhole(file: Deno.FsFile, bytes: Uint8Array, sizeBefore: number): void {
  try {
    let written = 0;
    while (written < bytes.length) written += file.writeSync(bytes.subarray(written));
  } catch (error) {
    file.truncateSync(sizeBefore);
    throw error;
  }
}

/** False after a crash in the middle of a line. */
function endsWithNewline(file: Deno.FsFile): boolean {
  const last = new Uint8Array(1);
  file.seekSync(-1, Deno.SeekMode.End);
  file.readSync(last);
  return last[0] === NEWLINE;
}

function ignoringMissing<T>(act: () => T, whenMissing: T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return whenMissing;
    throw error;
  }
}
