/**
 * Computed betas in a small JSON file. It is written beside and moved into place, readable by its owner alone, and checked
 * entry by entry on reading: a damaged file is left out as a whole and said so in the log.
 */
import type { BetaCache } from "../../application/ports/beta_cache.ts";
import type { Log } from "../../application/ports/log.ts";
import type { BetaEstimate } from "../../domain/risk/beta.ts";
import { readBounded } from "./bounded_read.ts";
import { isMissing, readRefusal } from "./refusal.ts";

const SCHEMA = "apex.betas/1";
/** Ten thousand names. */
const MAX_BYTES = 2_000_000;
const OWNER_ONLY = 0o600;

export class BetaFile implements BetaCache {
  constructor(readonly path: string, readonly log: Log) {}

  read(): Promise<ReadonlyMap<string, BetaEstimate>> {
    let bytes: Uint8Array;
    try {
      bytes = readBounded(this.path, MAX_BYTES);
    } catch (error) {
      if (!isMissing(error)) this.#warn("read", readRefusal(error));
      return Promise.resolve(new Map());
    }
    const estimates = bytes.length > MAX_BYTES ? null : parse(new TextDecoder().decode(bytes));
    if (estimates === null) this.#warn("use", "it is damaged; betas are computed anew");
    return Promise.resolve(estimates ?? new Map());
  }

  async write(estimates: ReadonlyMap<string, BetaEstimate>): Promise<void> {
    const betas = Array.from(estimates, ([name, estimate]) => ({ name, ...estimate }))
      .sort((a, b) => a.name < b.name ? -1 : 1);
    const text = JSON.stringify({ schema: SCHEMA, betas }, null, 1) + "\n";
    const beside = `${this.path}.new`;
    try {
      const folder = this.path.slice(0, Math.max(0, this.path.lastIndexOf("/")));
      if (folder !== "") await Deno.mkdir(folder, { recursive: true });
      await writeNew(beside, new TextEncoder().encode(text));
      await Deno.rename(beside, this.path);
    } catch (error) {
      this.#warn(
        "write",
        `${error instanceof Error ? error.message : String(error)}; betas are computed anew next time`,
      );
    }
  }

  #warn(attempted: string, obstacle: string): void {
    this.log.write("WARN", "DATA", `Cannot ${attempted} the computed betas in ${this.path}: ${obstacle}`);
  }
}

/** On the disk when it resolves. A file that a crash left there would keep its own mode: it goes first. */
async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const file = await Deno.open(path, { write: true, createNew: true, mode: OWNER_ONLY });
  try {
    for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
    await file.sync();
  } finally {
    file.close();
  }
}

/** Null when the text is not what this program wrote. */
function parse(text: string): Map<string, BetaEstimate> | null {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // A SyntaxError: cut short, or another hand was at it.
    return null;
  }
  if (!isRecord(content) || content["schema"] !== SCHEMA || !Array.isArray(content["betas"])) return null;
  const estimates = new Map<string, BetaEstimate>();
  for (const entry of content["betas"]) {
    const estimate = estimateIn(entry);
    if (estimate === null || !isRecord(entry) || !isText(entry["name"])) return null;
    estimates.set(entry["name"], estimate);
  }
  return estimates;
}

function estimateIn(entry: unknown): BetaEstimate | null {
  if (!isRecord(entry)) return null;
  const { beta, reference, windowDays, observations, from, to, computedAt } = entry;
  if (!isFinite(beta) || !isText(reference) || !isCount(windowDays) || !isCount(observations)) return null;
  if (!isDate(from) || !isDate(to) || !isCount(computedAt)) return null;
  return { beta, reference, windowDays, observations, from, to, computedAt };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isFinite(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isDate(value: unknown): value is string {
  return typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
}
