/** What a watcher of a file needs of the file system. */
import { readBounded } from "./bounded_read.ts";
import { isMissing } from "./refusal.ts";

/** Changes when the file's content does: time of the last write, size and identity as one text. */
export type FileStamp = string;

export interface FileAccess {
  /** Null when there is no such file. Rejects with the system's error when it may not be looked at. */
  stamp(path: string): Promise<FileStamp | null>;
  /** At most `limit + 1` bytes. Rejects with the system's error. */
  read(path: string, limit: number): Promise<Uint8Array>;
}

export const diskAccess: FileAccess = {
  async stamp(path) {
    try {
      const { mtime, size, ino } = await Deno.stat(path);
      return `${mtime?.getTime()}/${size}/${ino}`;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  },
  read: (path, limit) => Promise.resolve().then(() => readBounded(path, limit)),
};
