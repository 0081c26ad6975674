/** `apex completions`: the scripts, and the words that they ask for. */
import type { CompleteRequest, CompletionsRequest, ConfigurationChoice } from "../application/command.ts";
import type { Completions } from "../application/control/monitor_control.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { Printed } from "../presentation/cli/local_command.ts";
import { loadConfiguration } from "./configuration.ts";

/** Somebody waits at the prompt: since the program was started. */
const WITHIN_MS = 300;
/** For whoever is asked, where the start took long. */
const LEAST_MS = 100;
const LOCK_WAIT_MS = 50;
const MOST_WORDS = 2_000;
const NOTHING: Completions = { accounts: [], symbols: [], breaches: [] };

export async function printCompletions({ shell }: CompletionsRequest): Promise<Printed> {
  const { apexProgram } = await import("../presentation/cli/arguments.ts");
  const { completionTree } = await import("../presentation/cli/completions/completion_tree.ts");
  const { completionScript } = await import("../presentation/cli/completions/completion_script.ts");
  return { text: await completionScript(shell, completionTree(apexProgram())), remarks: "", code: 0 };
}

export async function printWords(
  { what }: CompleteRequest,
  choice: ConfigurationChoice,
  clock: Clock,
): Promise<Printed> {
  return { text: await wordsInTime(what, (signal) => words(choice, clock, signal), clock), remarks: "", code: 0 };
}

/**
 * One word a line, each once, and nothing rather than an error or a wait: a prompt is no place for either.
 *
 * @param find told by its signal when nobody waits any longer
 */
export async function wordsInTime(
  what: keyof Completions,
  find: (signal: AbortSignal) => Promise<Completions>,
  clock: Pick<Clock, "after" | "monotonic">,
): Promise<string> {
  const { promise: late, resolve } = Promise.withResolvers<Completions>();
  const patience = new AbortController();
  const cancel = clock.after(Math.max(LEAST_MS, WITHIN_MS - clock.monotonic()), () => {
    patience.abort();
    resolve(NOTHING);
  });
  const { [what]: list } = await Promise.race([find(patience.signal).catch(() => NOTHING), late]);
  cancel();
  return [...new Set(list)].filter(isPlain).slice(0, MOST_WORDS).map((word) => `${word}\n`).join("");
}

/** Of the monitor that runs in this folder, else of the last stored book. */
async function words(choice: ConfigurationChoice, clock: Clock, signal: AbortSignal): Promise<Completions> {
  return await monitorsWords(choice, clock, signal).catch(() => null) ?? await storedWords(choice);
}

async function monitorsWords(
  { env }: ConfigurationChoice,
  clock: Clock,
  signal: AbortSignal,
): Promise<Completions | null> {
  const { findControlFile } = await import("../infrastructure/control/control_files.ts");
  const found = findControlFile(env);
  if (found.kind !== "found") return null;
  const { askMonitor } = await import("../application/control/control_client.ts");
  const { tcpNetwork } = await import("../infrastructure/net/tcp.ts");
  return await askMonitor(found.file, "completions", {}, { network: tcpNetwork(), clock, signal }) as Completions;
}

/** The embedded store's alone: a server is not dialled for a prompt. */
async function storedWords(choice: ConfigurationChoice): Promise<Completions> {
  const { settings } = await loadConfiguration(choice);
  const { parseDsn } = await import("../infrastructure/config/dsn.ts");
  const place = settings.database.dsn === null ? null : parseDsn(settings.database.dsn);
  if (place?.kind !== "sqlite") return NOTHING;
  const { openForReading } = await import("../infrastructure/store/sqlite/connection.ts");
  const connection = openForReading(place.file, LOCK_WAIT_MS);
  if (connection === null) return NOTHING;
  const { SqliteDatabase } = await import("../infrastructure/store/sqlite/database.ts");
  const { SqlStore } = await import("../infrastructure/store/sql_store.ts");
  const store = new SqlStore(new SqliteDatabase(place.file, connection));
  try {
    const books = await store.lastPositions(0);
    const instruments = books.flatMap(({ positions }) => positions.map(({ instrument }) => instrument));
    const breaches = await store.openBreaches();
    return {
      accounts: books.map(({ account }) => account),
      symbols: [...instruments.map(({ underlying }) => underlying), ...instruments.map(({ symbol }) => symbol)],
      breaches: breaches.map(({ breach }) => breach.limit.id),
    };
  } finally {
    await store.close();
  }
}

/** What would break a line, or the prompt, is left out. */
function isPlain(word: string): boolean {
  return word !== "" && !/\p{C}/u.test(word);
}
