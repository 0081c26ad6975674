/** A file of lines that is put aside when it would grow beyond its bound: `log`, `log.1` (newest) to `log.N`. */
import type { LogDisk } from "./log_disk.ts";

export interface Rotation {
  readonly file: string;
  readonly maxBytes: number;
  /** How many files put aside are kept; 0 begins the one file anew. */
  readonly keepFiles: number;
}

export class RotatingFile {
  constructor(readonly rotation: Rotation, readonly disk: LogDisk) {}

  /** Adds as many of the lines (each with its line feed) as the disk takes, and what stopped the rest. */
  append(lines: readonly string[]): { readonly written: number; readonly error: Error | null } {
    let written = 0;
    try {
      while (written < lines.length) written += this.#appendSome(lines.slice(written));
      return { written, error: null };
    } catch (error) {
      return { written, error: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  /** Writes the lines that fit, at least one; how many they were. */
  #appendSome(lines: readonly string[]): number {
    const { file, maxBytes } = this.rotation;
    const encoder = new TextEncoder();
    let size = this.disk.size(file);
    const first = encoder.encode(lines[0]);
    if (size > 0 && size + first.length > maxBytes) {
      this.#rotate();
      size = 0;
    }
    const chunk = [first];
    let bytes = first.length;
    for (const line of lines.slice(1)) {
      const encoded = encoder.encode(line);
      if (size + bytes + encoded.length > maxBytes) break;
      chunk.push(encoded);
      bytes += encoded.length;
    }
    this.#write(file, joined(chunk, bytes));
    return chunk.length;
  }

  #write(file: string, bytes: Uint8Array): void {
    try {
      this.disk.append(file, bytes);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      this.disk.makeFolderOf(file);
      this.disk.append(file, bytes);
    }
  }

  #rotate(): void {
    const { file, keepFiles } = this.rotation;
    if (keepFiles === 0) return this.disk.remove(file);
    for (let age = keepFiles - 1; age > 0; age--) this.disk.rename(`${file}.${age}`, `${file}.${age + 1}`);
    this.disk.rename(file, `${file}.1`);
  }
}

function joined(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
