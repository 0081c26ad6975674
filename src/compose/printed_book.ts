/** What commands print of the complete book: once, or again and again while it lives. */
import type { Conclusion, PrintedBookRequest } from "../application/command.ts";
import { limitReached } from "../application/limit_verdict.ts";
import type { Monitor } from "../application/monitor.ts";
import { oneSnapshot } from "../application/one_snapshot.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { CommandHost } from "../application/ports/host.ts";
import type { Settings } from "../application/settings.ts";
import type { Source } from "../domain/event.ts";
import type { RiskSnapshot } from "../domain/risk/snapshot.ts";
import type { FileLog } from "../infrastructure/telemetry/log.ts";
import { composeMonitor } from "./monitor_program.ts";
import { print, printAgain } from "./print.ts";

/** The text for a snapshot; `width` is the terminal's, null without one. */
export type BookText = (snapshot: RiskSnapshot, bookKnown: boolean, width: number | null) => Promise<string> | string;

/**
 * Connects, waits for the complete book and prints it.
 *
 * @throws {Error} when the positions were not to be had in time; what there is has been printed then
 */
export async function printBook(
  request: PrintedBookRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
  clockShifted: boolean,
  text: BookText,
): Promise<Conclusion> {
  const program = await composeMonitor(request, settings, host, clock, log, clockShifted);
  const { monitor } = program;
  monitor.start();
  program.startFeeds();
  try {
    const timeoutMs = Math.min(request.timeoutMs, request.forMs ?? Number.POSITIVE_INFINITY);
    const taken = await oneSnapshot(monitor, clock, timeoutMs, host.signal);
    if (host.signal.aborted) return "interrupted";
    const known = () => monitor.portfolio.bookShown;
    const unread = taken.missing === null ? [] : unreadBrokers(monitor);
    if (request.watch === null || (unread.length > 0 && !known())) {
      await print(await text(taken.snapshot, known(), request.width));
    } else {
      await printAgain(request.watch, request.forMs, host, clock, request.output === "table" ? "\n" : "", (width) => {
        return text(monitor.last ?? taken.snapshot, known(), width);
      });
    }
    if (unread.length > 0) throw new Error(cannotShow(unread, known(), monitor, timeoutMs));
    return limitReached(monitor.last ?? taken.snapshot, request.failOn) ? "limit" : "done";
  } finally {
    await program.stop();
  }
}

function unreadBrokers(monitor: Monitor): Source[] {
  return monitor.readiness().brokers.filter(({ positionsKnown }) => !positionsKnown).map(({ source }) => source);
}

/** What is missing of the book and what stands in the way. With one broker it is the book; with several, each one's part. */
function cannotShow(unread: readonly Source[], isShown: boolean, monitor: Monitor, timeoutMs: number): string {
  const detailOf = (source: Source): string => monitor.portfolio.links.get(source)?.detail ?? "it did not answer";
  const isOnly = monitor.readiness().brokers.length === 1;
  const reasons = unread.map((source) => isOnly ? detailOf(source) : `${source}: ${detailOf(source)}`).join("; ");
  const what = isShown ? `${unread.map((source) => `${source}'s`).join(" and ")} part of the book` : "the book";
  return `Cannot show ${what} within ${timeoutMs / 1000} s: ${reasons}`;
}
