/** What `apex history` prints. */
import type { HistoryRequest } from "../../../application/command.ts";
import { breachSteps } from "../../../application/history_report/breach_steps.ts";
import { dailySeries } from "../../../application/history_report/daily_results.ts";
import { type HistoryRange, historyRange } from "../../../application/history_report/history_range.ts";
import { realizedBySymbol } from "../../../application/history_report/realized_by_symbol.ts";
import { roundTrips, type TripScore } from "../../../application/history_report/round_trips.ts";
import { isOfSymbol } from "../../../application/history_report/symbol_filter.ts";
import { syncStreams } from "../../../application/history_report/sync_streams.ts";
import type { Store } from "../../../application/ports/store.ts";
import { ALL_ACCOUNTS, type Fill, type RiskPoint } from "../../../application/ports/store_records.ts";
import { DAY_MS } from "../../../domain/calendar/date.ts";
import type { EpochMs } from "../../../domain/time.ts";
import { wrapped } from "../../terminal/frame.ts";
import { breachColumns, breachText } from "./breach_text.ts";
import type { Column } from "./column.ts";
import { dailyColumns, dailyText } from "./daily_results_text.ts";
import { exposureText, riskColumns } from "./exposure_text.ts";
import { fileRows } from "./file_rows.ts";
import type { HistoryLook } from "./look.ts";
import { bookColumns, bookRows, bookText, changeColumns, changeText } from "./position_text.ts";
import { realizedColumns, realizedText } from "./realized_text.ts";
import { roundTripText, tripColumns } from "./round_trip_text.ts";
import { syncColumns, syncRows, syncText } from "./sync_text.ts";
import { fillColumns, tradeListText } from "./trade_list_text.ts";

/** What every report is made of. */
interface Asked {
  readonly request: HistoryRequest;
  readonly store: Store;
  readonly look: HistoryLook;
  readonly now: EpochMs;
  readonly range: HistoryRange;
  readonly pause: Pause;
}

/**
 * Lets the rest of the process run: an embedded store answers without ever waiting, and a long read would keep even the signs
 * of life from being given. Rejects when the report is no longer wanted.
 */
export type Pause = () => Promise<void>;

/**
 * The report in pieces, as the rows are read.
 *
 * @throws {UsageError} for a range that ends before it begins
 * @throws {StoreFault} when the store cannot be read
 */
export async function* historyText(
  request: HistoryRequest,
  store: Store,
  look: HistoryLook,
  now: EpochMs,
  pause: Pause,
): AsyncIterable<string> {
  const asked = { request, store, look, now, range: historyRange(request, look.zone, now), pause };
  yield* reportOf(asked);
}

function reportOf(asked: Asked): AsyncIterable<string> {
  switch (asked.request.what) {
    case "pnl":
      return asked.request.grouped ? realized(asked) : dailyResults(asked);
    case "risk":
      return exposure(asked);
    case "fills":
      return asked.request.grouped ? trips(asked) : tradeList(asked);
    case "breaches":
      return breaches(asked);
    case "positions":
      return asked.request.changes ? changes(asked) : books(asked);
    case "sync":
      return streams(asked);
  }
}

async function* dailyResults(asked: Asked): AsyncIterable<string> {
  const { request, store, look, range } = asked;
  const account = request.account ?? ALL_ACCOUNTS;
  const records = await store.dailyPnl({ account, from: range.from, to: range.to });
  const series = dailySeries(records);
  yield* report(asked, dailyColumns(look), [series.flatMap(({ days }) => days)], async () => {
    if (series.length > 0) return series.map((one) => dailyText(one, look, request.plot)).join("\n");
    const others = request.account === null ? await accountsWithResults(asked) : [];
    const hint = others.length === 0
      ? "apex watch writes them once a day has a result."
      : `the book has none, but ${others.map(look.account).join(", ")} ${others.length === 1 ? "has" : "have"}: ` +
        "name one with --account.";
    return nothing(asked, `No daily results${ofAccount(asked)}`, hint);
  });
}

async function accountsWithResults({ store, range }: Asked): Promise<string[]> {
  const records = await store.dailyPnl({ account: null, from: range.from, to: range.to });
  return [...new Set(records.map((record) => record.account))].sort();
}

async function* realized(asked: Asked): AsyncIterable<string> {
  const { request, look, range } = asked;
  const rows = await realizedBySymbol(unhurried(asked), request, range);
  yield* report(
    asked,
    realizedColumns(look),
    [rows],
    () => rows.length > 0 ? realizedText(rows, look) : nothing(asked, `No fills${ofWhat(asked)}`, FILLS_COME_FROM),
  );
}

async function* exposure(asked: Asked): AsyncIterable<string> {
  const { request, look } = asked;
  const pages = riskPages(asked);
  yield* report(asked, riskColumns(look), pages, async () => {
    const points = (await Array.fromAsync(pages)).flat();
    return points.length > 0
      ? exposureText(points, look, request.plot)
      : nothing(asked, `No risk snapshots${ofAccount(asked)}`, "apex watch writes them at their interval.");
  });
}

/** Week after week, so that years of them are neither read nor held at once for a file. */
async function* riskPages({ request, store, range, pause }: Asked): AsyncIterable<readonly RiskPoint[]> {
  const account = request.account ?? ALL_ACCOUNTS;
  for (let from = range.start; from < range.end; from += WEEK_MS) {
    yield await store.riskSeries({ account, from, to: Math.min(from + WEEK_MS, range.end) });
    await pause();
  }
}

const WEEK_MS = 7 * DAY_MS;

async function* tradeList(asked: Asked): AsyncIterable<string> {
  const { look } = asked;
  const pages = chosenFills(asked);
  yield* report(
    asked,
    fillColumns(look),
    pages,
    async () => await tradeListText(pages, look) ?? nothing(asked, `No fills${ofWhat(asked)}`, FILLS_COME_FROM),
  );
}

async function* chosenFills(asked: Asked): AsyncIterable<readonly Fill[]> {
  const { request, range } = asked;
  const wanted = { account: request.account, from: range.start, to: range.end };
  for await (const page of unhurried(asked).fills(wanted)) {
    yield request.symbol === null
      ? page
      : page.filter(({ execution }) => isOfSymbol(execution.instrument, request.symbol));
  }
}

/** The store's fills with a pause after each page. */
function unhurried({ store, pause }: Asked): Pick<Store, "fills"> {
  return {
    async *fills(range) {
      for await (const page of store.fills(range)) {
        yield page;
        await pause();
      }
    },
  };
}

async function* trips(asked: Asked): AsyncIterable<string> {
  const { request, look, range, now } = asked;
  const score: TripScore = { unmatchedFills: 0, withoutCommission: 0, otherCurrency: 0 };
  const pages = roundTrips(unhurried(asked), request, range, now, score);
  yield* report(
    asked,
    tripColumns(look),
    pages,
    async () =>
      await roundTripText(pages, score, range.to, look) ??
        nothing(asked, `No round trips and no open lots${ofWhat(asked)}`, FILLS_COME_FROM),
  );
}

async function* breaches(asked: Asked): AsyncIterable<string> {
  const { request, store, look, range, now } = asked;
  const found = await breachSteps(store, request.account, range);
  yield* report(
    asked,
    breachColumns(look),
    [found.steps],
    () =>
      found.steps.length + found.open.length > 0
        ? breachText(found, look, now)
        : nothing(asked, `No breach is open, and none changed${ofAccount(asked)}`, "apex watch writes each step."),
  );
}

async function* books(asked: Asked): AsyncIterable<string> {
  const { request, store, look, range, now } = asked;
  const asOf = Math.min(now, range.end);
  const all = await store.lastPositions(range.start, asOf === range.end ? asOf - 1 : asOf);
  const chosen = all.filter((book) => request.account === null || book.account === request.account).map((book) => ({
    ...book,
    positions: book.positions.filter(({ instrument }) => isOfSymbol(instrument, request.symbol)),
  })).filter((book) => request.symbol === null || book.positions.length > 0);
  yield* report(
    asked,
    bookColumns(look),
    [bookRows(chosen)],
    () =>
      chosen.length > 0 ? bookText(chosen, asOf, look) : nothing(
        asked,
        `No stored positions${ofWhat(asked)}`,
        "apex watch writes them at their interval.",
      ),
  );
}

async function* changes(asked: Asked): AsyncIterable<string> {
  const { request, store, look, range } = asked;
  const all = await store.positionChanges({ account: request.account, from: range.start, to: range.end });
  const chosen = all.filter(({ instrument }) => isOfSymbol(instrument, request.symbol));
  yield* report(
    asked,
    changeColumns(look),
    [chosen],
    () =>
      chosen.length > 0
        ? changeText(chosen, look)
        : nothing(asked, `No changed holdings${ofWhat(asked)}`, "apex watch writes each change."),
  );
}

async function* streams(asked: Asked): AsyncIterable<string> {
  const { request, store, look } = asked;
  const found = await syncStreams(store, request.account);
  yield* report(
    asked,
    syncColumns(),
    [syncRows(found)],
    () =>
      found.length > 0
        ? syncText(found, look)
        : lines(`No history was read from a broker yet${ofAccount(asked)}: apex watch and apex backfill do.`, look),
  );
}

/** Rows for a file, or the text for people. */
async function* report<Row>(
  { request: { output } }: Asked,
  columns: readonly Column<Row>[],
  pages: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
  text: () => string | Promise<string>,
): AsyncIterable<string> {
  if (output === "table") yield await text();
  else yield* fileRows(columns, pages, output);
}

const FILLS_COME_FROM = "apex watch writes them as they come, apex backfill reads older ones.";

/** That there is nothing, and what would fill it. */
function nothing({ range, look }: Asked, what: string, remedy: string): string {
  return lines(`${what} between ${range.from} and ${range.to}: ${remedy}`, look);
}

function lines(text: string, { width }: HistoryLook): string {
  return wrapped(text, width).map((line) => `${line}\n`).join("");
}

function ofAccount({ request, look }: Asked): string {
  return request.account === null ? "" : ` of ${look.account(request.account)}`;
}

function ofWhat(asked: Asked): string {
  const { symbol } = asked.request;
  return `${symbol === null ? "" : ` in ${symbol}`}${ofAccount(asked)}`;
}
