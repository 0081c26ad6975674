/** Flex statements that were downloaded by hand: each XML file of the folder is a window of its own, known by its content. */
import { createHash } from "node:crypto";
import type {
  BackfillPlan,
  BackfillRange,
  BackfillSource,
  BackfillWindow,
  KnownHistory,
  PastItem,
  Reading,
} from "../../../application/backfill/source.ts";
import { ALL_ACCOUNTS } from "../../../application/ports/store_records.ts";
import { pastStatements } from "./past_statements.ts";
import { fileSource } from "./statement_source.ts";

/** Data type of what the files cover, account by account. */
export const FLEX_FILES = "flex-files";
/** Of the record of one file, with the beginning of its checksum behind it: a file that was changed is another one. */
const FLEX_FILE = "flex-file:";
const CHECKSUM_DIGITS = 16;

interface StatementFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
}

export class FlexFiles implements BackfillSource {
  readonly broker = "IB";
  readonly title = "IB Flex files";
  readonly dataType = FLEX_FILES;
  readonly continues = [];
  readonly #folder: string;
  readonly #signal: AbortSignal;
  readonly #files = new Map<BackfillWindow, StatementFile>();

  constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#signal = signal;
  }

  async plan({ force }: BackfillRange, known: KnownHistory): Promise<BackfillPlan> {
    const files = await statementFiles(this.#folder);
    if (files.length === 0) {
      return { windows: [], skipped: 0, remarks: [`There are no statement files (*.xml) in ${this.#folder}.`] };
    }
    const failed: BackfillWindow[] = [];
    const fresh: BackfillWindow[] = [];
    const seen = new Set<string>();
    let skipped = 0;
    for (const file of files) {
      const dataType = FLEX_FILE + await checksum(file.path, this.#signal);
      const before = await recordOf(dataType, known);
      if (seen.has(dataType) || (before === "DONE" && !force)) {
        skipped++;
        continue;
      }
      seen.add(dataType);
      const window = { title: file.name, dataType, from: 0, to: 0 };
      this.#files.set(window, file);
      (before === "FAILED" ? failed : fresh).push(window);
    }
    return { windows: [...failed, ...fresh], skipped, remarks: [] };
  }

  async *read(window: BackfillWindow, reading: Reading): AsyncGenerator<PastItem> {
    const file = this.#files.get(window);
    if (file === undefined) throw new RangeError(`${window.title} was not planned here`);
    yield* pastStatements(fileSource(file.path), file, reading);
  }
}

/** What is known of a file: of the accounts asked for, or of all of them. */
async function recordOf(dataType: string, known: KnownHistory): Promise<"DONE" | "FAILED" | null> {
  const scopes = new Set([known.scope, ALL_ACCOUNTS]);
  const rows = (await Promise.all([...scopes].map((scope) => known.windows(scope, dataType)))).flat();
  if (rows.some(({ status }) => status === "DONE")) return "DONE";
  return rows.length > 0 ? "FAILED" : null;
}

/** By name, so that years come in their order. A folder that is not there has none. */
async function statementFiles(folder: string): Promise<StatementFile[]> {
  const files: StatementFile[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory || name.startsWith(".") || !/\.xml$/i.test(name)) continue;
      const path = `${folder}/${name}`;
      const { size, isFile } = await Deno.stat(path);
      if (isFile) files.push({ path, name, bytes: size });
    }
  } catch (fault) {
    if (fault instanceof Deno.errors.NotFound) return files;
    throw fault;
  }
  return files.sort((a, b) => a.name < b.name ? -1 : 1);
}

async function checksum(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const piece of fileSource(path)()) {
      signal.throwIfAborted();
      hash.update(piece);
    }
  } catch (fault) {
    signal.throwIfAborted();
    // Reading it as a window will fail in the same way, and say so beside its name.
    if (fault instanceof Error) return `unreadable:${path.slice(path.lastIndexOf("/") + 1)}`;
    throw fault;
  }
  return hash.digest("hex").slice(0, CHECKSUM_DIGITS);
}
