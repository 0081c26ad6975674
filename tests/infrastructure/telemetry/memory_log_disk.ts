/** A disk in memory that can be made to fail. */
import type { LogDisk } from "../../../src/infrastructure/telemetry/log_disk.ts";

export class MemoryLogDisk implements LogDisk {
  readonly files = new Map<string, string>();
  failure: Error | null = null;
  appends = 0;

  lines(path: string): readonly Record<string, unknown>[] {
    return (this.files.get(path) ?? "").split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
  }
  messages(path: string): readonly unknown[] {
    return this.lines(path).map((line) => line.message);
  }

  size(path: string): number {
    return new TextEncoder().encode(this.files.get(path) ?? "").length;
  }
  append(path: string, bytes: Uint8Array): void {
    this.appends++;
    if (this.failure !== null) throw this.failure;
    this.files.set(path, (this.files.get(path) ?? "") + new TextDecoder().decode(bytes));
  }
  rename(from: string, to: string): void {
    const content = this.files.get(from);
    if (content === undefined) return;
    this.files.delete(from);
    this.files.set(to, content);
  }
  remove(path: string): void {
    this.files.delete(path);
  }
  makeFolderOf(): void {}
}
