/**
 * The load requirement, measured: `deno task soak [SECONDS] [TICKS_PER_SECOND] [POSITIONS]`.
 *
 * Prints the figures beside their budgets and fails when one is missed.
 */
import { type LoadReport, runLoad } from "./load_run.ts";
import type { Percentiles } from "./percentiles.ts";
import { simulatorInProcess } from "./simulator_peers.ts";

const LATENCY_ABOVE_CADENCE_MS = 10;
const LOOP_LAG_MS = 20;
/** What is resident in all depends on the runtime; `deno task soak:executable` holds the executable to its budget. */
const GROWTH_MB = 10;

if (import.meta.main) {
  const [seconds = 60, ticksPerSecond = 20_000, positions = 500] = Deno.args.map(Number);
  const report = await runLoad({
    book: { positions, underlyings: Math.max(1, Math.round(positions / 20)), ticksPerSecond },
    seconds,
    seed: 1,
    simulator: simulatorInProcess(),
    startSeconds: 60 + positions / 10,
  });
  const missed = print(report);
  if (missed > 0) Deno.exit(1);
}

function print(report: LoadReport): number {
  let missed = 0;
  const row = (name: string, figure: string, kept: boolean | null = null, budget = "") => {
    if (kept === false) missed++;
    console.log(
      `${name.padEnd(26)} ${figure.padEnd(52)} ${kept === null ? "" : `${kept ? "kept" : "MISSED"}: ${budget}`}`,
    );
  };
  const { residentMb: [start, middle, end], latency, loopLag: lag, valuesSent, valuesReceived, cadenceMs } = report;
  row("positions, live lines", `${report.positions}, ${report.linesLive}, after ${seconds(report.startMs)}`);
  row("measured", seconds(report.measuredMs));
  row("ticks a second", report.ticksSentPerSecond.toFixed(0));
  row(
    "CPU",
    `${report.processCores.toFixed(3)} cores, main thread ${report.threadCores.toFixed(3)}`,
    report.processCores < 1,
    "< 1",
  );
  row(
    "resident",
    `${start.toFixed(1)} → ${middle.toFixed(1)} → ${end.toFixed(1)} MB`,
    end - start <= GROWTH_MB,
    `growth ≤ ${GROWTH_MB} MB`,
  );
  row("ticks sent", `${report.ticksSent}, filling ${valuesSent} quote fields`);
  row(
    "received",
    `${valuesReceived} quote fields, ${report.conflated} of them conflated`,
    valuesReceived === valuesSent,
    "all that were sent",
  );
  row(
    "quotes at the end",
    `${report.differences.length} differ${first(report.differences)}`,
    report.differences.length === 0,
    "the simulator's",
  );
  row(
    "wire to snapshot",
    ms(latency),
    latency.p99 <= cadenceMs + LATENCY_ABOVE_CADENCE_MS,
    `p99 ≤ ${cadenceMs + LATENCY_ABOVE_CADENCE_MS} ms`,
  );
  row("event loop lag", ms(lag), lag.p99 <= LOOP_LAG_MS, `p99 ≤ ${LOOP_LAG_MS} ms`);
  row("turn", ms(report.turn));
  row("logged complaints", `${report.complaints.length}${first(report.complaints)}`);
  return missed;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function ms({ count, p50, p99, max }: Percentiles): string {
  return `p50 ${p50.toFixed(2)}, p99 ${p99.toFixed(2)}, most ${max.toFixed(2)} ms of ${count}`;
}

function first(words: readonly string[]): string {
  return words.length === 0 ? "" : `: ${words.slice(0, 3).join("; ")}`;
}
