/** What `apex init` says of what it wrote. */

/** A file or folder that was made or left alone. */
export interface MadeFile {
  readonly path: string;
  readonly outcome: "written" | "there already";
}

const PURPOSES: readonly (readonly [ending: string, purpose: string])[] = [
  ["base.yaml", "what holds everywhere, each with unit and default"],
  ["risk_config.yaml", "limits; the figures are examples, so set your own"],
  ["dev.yaml", "what differs on TWS paper trading (the default)"],
  ["prod.yaml", "what differs on TWS live trading (--env prod)"],
  ["demo.yaml", "what differs on the simulated gateway (--env demo)"],
  ["data/positions", ""],
  ["data/logs", "the log"],
  ["data/flex", "statements of IBKR for apex backfill"],
  ["manual.yaml", "what no broker holds, with examples; empty so far"],
  ["data", "readable by you alone: book, history and log"],
];

/**
 * @param folder of the configuration
 * @param isComplete false: an error, said elsewhere, kept the rest from being made
 */
export function initReport(made: readonly MadeFile[], folder: string, isComplete: boolean): string {
  const written = made.filter(({ path, outcome }) => outcome === "written" && purposeOf(path, folder) !== null);
  const kept = made.filter(({ path, outcome }) => outcome === "there already" && path.endsWith(".yaml"));
  const parts: string[] = [];
  if (written.length > 0) parts.push(["Wrote:", ...lines(written, folder)].join("\n"));
  if (kept.length > 0) {
    parts.push(["Left as they were, for they are there already:", ...kept.map(({ path }) => `  ${path}`)].join("\n"));
  }
  if (isComplete) parts.push(next(folder));
  return parts.length === 0 ? "" : `${parts.join("\n\n")}\n`;
}

function lines(written: readonly MadeFile[], folder: string): string[] {
  const widest = Math.max(...written.map(({ path }) => path.length));
  return written.map(({ path }) => `  ${path.padEnd(widest)}  ${purposeOf(path, folder) ?? ""}`);
}

/** Null for what is only there to hold the rest. */
function purposeOf(path: string, folder: string): string | null {
  const purpose = path === folder ? "" : PURPOSES.find(([ending]) => path.endsWith(ending))?.[1] ?? "";
  return purpose === "" ? null : purpose;
}

/** What stands in another folder than the usual one has to be named each time. */
function next(folder: string): string {
  const option = folder === USUAL_FOLDER ? "" : ` --config-dir ${folder}`;
  const doctor = `apex doctor${option}`;
  return `Everything works as it is; a deleted setting is back at its default. Next:
  ${doctor}  checks TWS, market data, database and the rest, says what to do
  ${`apex${option}`.padEnd(doctor.length)}  the dashboard on paper trading ("apex --env demo" needs no TWS)`;
}

const USUAL_FOLDER = "config";
