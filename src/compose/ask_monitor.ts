/** `apex status`, `positions` and `breaches`: what the running monitor says, or what is stored where none runs. */
import type {
  BreachesRequest,
  Conclusion,
  MonitorRequest,
  PositionsRequest,
  StatusRequest,
} from "../application/command.ts";
import { askMonitor, MonitorUnreached } from "../application/control/control_client.ts";
import type { RunningMonitor } from "../application/control/control_file.ts";
import type { BreachAnswer, BreachesAnswer, PositionsAnswer } from "../application/control/monitor_control.ts";
import type { MonitorStatus } from "../application/control/monitor_status.ts";
import { ControlFault, type Method, type Params } from "../application/control/protocol.ts";
import { limitReached } from "../application/limit_verdict.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { CommandHost } from "../application/ports/host.ts";
import type { Settings } from "../application/settings.ts";
import { tcpNetwork } from "../infrastructure/net/tcp.ts";
import { fileRows } from "../presentation/cli/history/file_rows.ts";
import { type HistoryLook, historyLook } from "../presentation/cli/history/look.ts";
import { print, printAgain } from "./print.ts";

/** There is no monitor that could be asked. */
export class NoMonitor extends Error {
  override readonly name = "NoMonitor";
}

interface Asked<Request extends MonitorRequest> {
  readonly request: Request;
  readonly settings: Settings;
  readonly host: CommandHost;
  readonly clock: Clock;
}

/**
 * @throws {NoMonitor} when none can be asked, and nothing stored takes its place
 * @throws {MonitorUnreached} when it went away, or does not answer
 * @throws {ControlFault} when it refuses
 */
export async function askRunningMonitor(
  request: MonitorRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
): Promise<Conclusion> {
  try {
    if (request.command === "status") return await status({ request, settings, host, clock });
    if (request.command === "positions") return await positions({ request, settings, host, clock });
    return await breaches({ request, settings, host, clock });
  } catch (fault) {
    if (host.signal.aborted) return "interrupted";
    throw fault;
  }
}

async function status(asked: Asked<StatusRequest>): Promise<Conclusion> {
  const { request } = asked;
  const { statusJson, statusText } = await import("../presentation/cli/monitor/status_text.ts");
  let last: MonitorStatus | null = null;
  await printed(asked, async (look) => {
    last = await ask(asked, "status", {}) as MonitorStatus;
    return request.output === "json" ? statusJson(last, look, request.watch !== null) : statusText(last, look);
  });
  return limitReached(last, request.failOn) ? "limit" : "done";
}

async function positions(asked: Asked<PositionsRequest>): Promise<Conclusion> {
  const { request } = asked;
  if (request.monitor.kind !== "running") return await storedPositions(asked, request.monitor);
  const { holdingColumns, liveHoldings, liveHoldingText } = await import("../presentation/cli/monitor/holding_text.ts");
  const { account, symbol, output } = request;
  await printed(asked, async (look) => {
    const answer = await ask(asked, "positions", { account, symbol }) as PositionsAnswer;
    if (output === "table") return liveHoldingText(answer, askedFor(request, look), look);
    return await whole(fileRows(holdingColumns(look), [liveHoldings(answer)], output));
  });
  return "done";
}

async function breaches(asked: Asked<BreachesRequest>): Promise<Conclusion> {
  const { request } = asked;
  if (request.action !== "list") return await note(asked);
  if (request.monitor.kind !== "running") return await storedBreachList(asked, request.monitor);
  const printing = await import("../presentation/cli/monitor/open_breach_text.ts");
  const { output } = request;
  await printed(asked, async (look) => {
    const answer = await ask(asked, "breaches", {}) as BreachesAnswer;
    if (output === "table") return printing.liveBreachText(answer, look);
    return await whole(fileRows(printing.openBreachColumns(look), [printing.liveBreaches(answer)], output));
  });
  return "done";
}

async function note(asked: Asked<BreachesRequest>): Promise<Conclusion> {
  const { meantBreach, notedText } = await import("../presentation/cli/monitor/open_breach_text.ts");
  const { request: { action, breach: wanted, note, output } } = asked;
  await printed(asked, async (look) => {
    const breach = meantBreach(await ask(asked, "breaches", {}) as BreachesAnswer, wanted ?? "", look);
    const method = action === "acknowledge" ? "acknowledge" : "takeBack";
    const answer = await ask(asked, method, { breach, note }) as BreachAnswer;
    if (output === "json") return JSON.stringify(answer.breach, null, 2) + "\n";
    return notedText(answer.breach, breach, look);
  });
  return "done";
}

type NotRunning = Exclude<MonitorRequest["monitor"], { readonly kind: "running" }>;

async function storedPositions(asked: Asked<PositionsRequest>, monitor: NotRunning): Promise<Conclusion> {
  const { request: { account, symbol, output } } = asked;
  const { isOfSymbol } = await import("../application/history_report/symbol_filter.ts");
  const { bookText } = await import("../presentation/cli/history/position_text.ts");
  const { storedHead } = await import("../presentation/cli/monitor/answer_head.ts");
  const { holdingColumns, storedHoldings } = await import("../presentation/cli/monitor/holding_text.ts");
  return await fromStore(asked, monitor, async (store, look, now) => {
    const all = await store.lastPositions(0);
    const books = all.filter((book) => account === null || book.account === account)
      .map((book) => ({
        ...book,
        positions: book.positions.filter(({ instrument }) => isOfSymbol(instrument, symbol)),
      }))
      .filter(({ positions }) => symbol === null || positions.length > 0);
    if (all.length === 0) throw new NoMonitor(`${monitor.obstacle}. No book is stored either`);
    if (output !== "table") return await whole(fileRows(holdingColumns(look), [storedHoldings(books)], output));
    const head = storedHead(monitor.obstacle, look);
    if (books.length === 0) return `${head}The last stored book has no position${askedFor(asked.request, look)}.\n`;
    // A clock that was shifted, as the demo's is, may have stood later than ours does.
    const asOf = Math.max(now, ...books.map(({ takenAt }) => takenAt));
    return head + bookText(books, asOf, look);
  });
}

async function storedBreachList(asked: Asked<BreachesRequest>, monitor: NotRunning): Promise<Conclusion> {
  const printing = await import("../presentation/cli/monitor/open_breach_text.ts");
  const { output } = asked.request;
  return await fromStore(asked, monitor, async (store, look) => {
    const records = await store.openBreaches();
    if (output === "table") return printing.storedBreachText(records, monitor.obstacle, look);
    return await whole(fileRows(printing.openBreachColumns(look), [printing.storedBreaches(records)], output));
  });
}

type Store = Awaited<ReturnType<typeof import("../infrastructure/store/configured_store.ts").openConfiguredStore>>;

/** Standard error says that it is not live: in a file, only a column would. */
async function fromStore(
  { request, settings, host, clock }: Asked<PositionsRequest | BreachesRequest>,
  monitor: NotRunning,
  text: (store: Store, look: HistoryLook, now: number) => Promise<string>,
): Promise<Conclusion> {
  if (monitor.kind === "unusable") throw new NoMonitor(monitor.obstacle);
  if (request.watch !== null) throw new NoMonitor(`${monitor.obstacle}; --watch needs a running monitor`);
  const { openConfiguredStore } = await import("../infrastructure/store/configured_store.ts");
  const store = await openConfiguredStore(settings.database, (path) => host.embedded(path), clock)
    .catch((fault: unknown) => {
      const words = fault instanceof Error ? fault.message : String(fault);
      throw new NoMonitor(`${monitor.obstacle}. Nor is there a stored book: ${words}`, { cause: fault });
    });
  try {
    const shown = await text(store, historyLook(request, settings), clock.now());
    if (request.output !== "table") {
      await Deno.stderr.write(new TextEncoder().encode(`apex: Not live, from the store: ${monitor.obstacle}\n`));
    }
    await print(shown);
    return "done";
  } finally {
    await store.close();
  }
}

/** Once, or again and again. */
async function printed(
  { request, settings, host, clock }: Asked<MonitorRequest>,
  text: (look: HistoryLook) => Promise<string>,
): Promise<void> {
  if (request.watch === null) return await print(await text(historyLook(request, settings)));
  const separator = request.output === "table" ? "\n" : "";
  let last: string | null = null;
  await printAgain(request.watch, request.forMs, host, clock, separator, async (width) => {
    try {
      return last = await text(historyLook({ width }, settings));
    } catch (fault) {
      // Told to stop while it waited: what is on the screen stays.
      if (host.signal.aborted && last !== null) return last;
      throw last === null ? fault : endedSince(fault, request.monitor);
    }
  });
}

/** A monitor that has answered before was not killed some time ago: it has ended just now. */
function endedSince(fault: unknown, monitor: RunningMonitor): unknown {
  if (!(fault instanceof MonitorUnreached) || fault.kind === "silent" || monitor.kind !== "running") return fault;
  const { env, pid } = monitor.file;
  return new MonitorUnreached("gone", `The monitor for ${env} (process ${pid}) has ended`, fault);
}

async function ask(
  { request, settings, host, clock }: Asked<MonitorRequest>,
  method: Method,
  params: Partial<Params>,
): Promise<unknown> {
  const { monitor } = request;
  if (monitor.kind !== "running") throw new NoMonitor(monitor.obstacle);
  try {
    return await askMonitor(monitor.file, method, params, { network: tcpNetwork(), clock, signal: host.signal });
  } catch (fault) {
    if (!(fault instanceof ControlFault)) throw fault;
    throw new ControlFault(fault.code, historyLook(request, settings).text(fault.message));
  }
}

function askedFor({ account, symbol }: PositionsRequest, look: HistoryLook): string {
  return (symbol === null ? "" : ` of ${symbol}`) + (account === null ? "" : ` in ${look.account(account)}`);
}

async function whole(parts: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const part of parts) text += part;
  return text;
}
