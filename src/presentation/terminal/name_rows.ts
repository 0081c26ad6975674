/** The rows of the table by underlying: filtered, in the account and the order chosen, with their marks. */
import type { Flag, PositionView, UnderlyingView } from "../../domain/risk/snapshot.ts";
import { LastAnswer } from "../../application/last_answer.ts";
import { accountName, liveMark, shownAccount, type ViewContext } from "./context.ts";
import { digestOf, type Figure, isDoubtful, markOf } from "./digest.ts";
import { parseFilter } from "./filter.ts";
import { isToLookAt } from "./flag_words.ts";
import { KeptOrder } from "./kept_order.ts";
import { nameOrder, sortOf } from "./name_order.ts";
import { soleCurrency } from "./own_currency.ts";
import { shownTotal } from "./shown_total.ts";
import { soleAccounts } from "./sole_accounts.ts";

type Sums = Readonly<Record<Exclude<Figure, "exposure">, number | null>>;

export interface NameRow {
  /** Null for a total. */
  readonly key: string | null;
  readonly label: string;
  readonly positions: number | null;
  /** Of all its positions; null when they have several. */
  readonly currency: string | null;
  readonly price: number | null;
  readonly priceMark: string;
  readonly close: number | null;
  readonly beta: number | null;
  readonly betaMark: string;
  readonly grossExposure: number | null;
  readonly realizedPnl: number | null;
  readonly sums: Sums;
  /** False for one account's sums that the snapshot does not hold: `--n` instead of `--`. */
  readonly whole: boolean;
  readonly mark: (figure: Figure) => string;
}

export function nameRows(context: ViewContext): readonly NameRow[] {
  const { snapshot, newest, view, live } = context;
  const asked = [snapshot, newest, view.filter, view.account, view.onlyProblems, sortOf(context), live.kind];
  return last.to(asked, () => builtRows(context));
}

/** One frame asks several times, and a book of thousands of names takes a while to sort. */
const last = new LastAnswer<readonly NameRow[]>();

const kept = new KeptOrder();

function builtRows(context: ViewContext): NameRow[] {
  const { snapshot, view } = context;
  const digest = digestOf(snapshot);
  const account = shownAccount(context);
  const filter = parseFilter(view.filter);
  const shown = (account?.book?.byUnderlying ?? snapshot.byUnderlying).filter((name) => {
    const positions = digest.positions.get(name.underlying) ?? [];
    if (account !== undefined && account.book === undefined && !heldIn(positions, account.account)) return false;
    if (view.onlyProblems && !hasProblem(context, name)) return false;
    if (!filter.active) return true;
    return positions.length === 0 ? filter.text(name.underlying) : positions.some((one) => filter.position(one));
  });
  return kept.sorted(shown.map((name) => nameRow(context, name)), nameOrder(context));
}

/** The book's row; above it the account's when one is shown alone, and first of all what a filter leaves. */
export function totalRows(context: ViewContext): NameRow[] {
  const shown = shownRow(context);
  const rows = wholeRows(context, shown !== null);
  return shown === null ? rows : [shown, ...rows];
}

/** What the positions in sight add up to; null while all are. */
function shownRow(context: ViewContext): NameRow | null {
  const shown = shownTotal(context);
  if (shown === null) return null;
  return {
    ...NO_PRICE,
    key: null,
    label: `Shown (${shown.positions})`,
    positions: null,
    grossExposure: shown.grossExposure,
    realizedPnl: shown.realizedPnl,
    sums: shown.sums,
    whole: true,
    mark: (figure) => (shown.sums[figure] === null ? "" : liveMark(context, markOf(shown.marks, figure), 0)),
  };
}

function wholeRows(context: ViewContext, counted: boolean): NameRow[] {
  const { snapshot } = context;
  const book = digestOf(snapshot).book;
  const excluded = new Set(snapshot.portfolio.excluded.filter((one) => one.count > 0).map((one) => one.total));
  const held = snapshot.positions.length;
  const account = shownAccount(context);
  const total: NameRow = {
    ...NO_PRICE,
    key: null,
    label: account === undefined ? (counted ? `Total (${held})` : "Total") : `Book (${held})`,
    positions: account === undefined && !counted ? held : null,
    grossExposure: snapshot.portfolio.grossExposure,
    realizedPnl: snapshot.portfolio.realizedPnl,
    sums: snapshot.portfolio,
    whole: true,
    mark: (figure) =>
      liveMark(
        context,
        excluded.has(figure === "exposure" ? "grossExposure" : figure) ? "x" : markOf(book, figure),
        figure === "exposure" ? snapshot.portfolio.grossExposure : snapshot.portfolio[figure],
      ),
  };
  if (account === undefined) return [total];
  const sums: Sums = { ...NO_SUMS, ...account.book, dailyPnl: account.dailyPnl, unrealizedPnl: account.unrealizedPnl };
  const own: NameRow = {
    ...total,
    label: `${accountName(account.account, context.look)} (${account.positions})`,
    grossExposure: account.grossExposure,
    realizedPnl: account.realizedPnl,
    sums,
    whole: account.book !== undefined,
    mark: (figure) => liveMark(context, (account.book?.excluded ?? 0) > 0 ? markOf(book, figure) : "", 0),
  };
  return [own, total];
}

const BETA_MARK = { config: "", computed: "c", default: "?" } as const;
const NO_PRICE = { currency: null, price: null, priceMark: "", close: null, beta: null, betaMark: "" } as const;
const NO_SUMS: Sums = {
  marketValue: null,
  dailyPnl: null,
  unrealizedPnl: null,
  delta: null,
  dollarDelta: null,
  betaWeightedDelta: null,
  gammaDollars1Pct: null,
  vega: null,
  theta: null,
};

function nameRow(context: ViewContext, name: UnderlyingView): NameRow {
  const digest = digestOf(context.snapshot);
  const marks = digest.names.get(name.underlying);
  const { account } = context.view;
  const whole = account === null || shownAccount(context)?.book !== undefined ||
    soleAccounts(context.snapshot).names.get(name.underlying) === account;
  const quoted = digest.positions.get(name.underlying)?.find((one) => one.strike === null && one.expiry === null);
  const sums: Sums = whole ? name : NO_SUMS;
  const currency = soleCurrency(digest.positions.get(name.underlying) ?? []);
  return {
    key: name.underlying,
    label: name.underlying,
    currency,
    positions: whole ? name.positions : heldBy(digest.positions.get(name.underlying) ?? [], account),
    price: name.price,
    priceMark: liveMark(context, spotMark(quoted), name.price),
    close: name.close,
    beta: name.beta,
    betaMark: BETA_MARK[name.betaSource],
    grossExposure: whole ? name.grossExposure : null,
    realizedPnl: whole ? name.realizedPnl : null,
    sums,
    whole,
    mark: (figure) => {
      const value = figure === "exposure" ? name.grossExposure : sums[figure];
      return value === null ? "" : liveMark(context, markOf(marks, figure), value);
    },
  };
}

/** Of the share that the name is: after hours its price is a close, without a quote it is the broker's mark. */
function spotMark(quoted: PositionView | undefined): string {
  if (quoted === undefined) return "";
  return priceMark(quoted) || (SPOT_MARKS[quoted.markSource] ?? "");
}

const SPOT_MARKS: Readonly<Partial<Record<PositionView["markSource"], string>>> = { close: "c", broker: "b" };

/** The letter of a quote's worst fault. A price is not old because a broker that holds the contract is away. */
export function priceMark({ flags, markStale }: Pick<PositionView, "flags" | "markStale">): string {
  for (const [flag, letter] of QUOTE_MARKS) {
    if (flags.includes(flag) && (flag !== "STALE" || markStale !== false)) return letter;
  }
  return "";
}

const QUOTE_MARKS: readonly (readonly [Flag, string])[] = [
  ["STALE", "s"],
  ["DELAYED", "d"],
  ["FROZEN", "z"],
  ["CROSSED", "!"],
  ["OUTLIER", "!"],
  ["ONE_SIDED", "o"],
  ["WIDE", "w"],
];

function heldIn(positions: readonly PositionView[], account: string): boolean {
  return heldBy(positions, account) > 0;
}

/** How many of the positions the account has a part in. */
function heldBy(positions: readonly PositionView[], account: string | null): number {
  return positions.filter((position) => position.leaves.some((leaf) => leaf.account === account)).length;
}

function hasProblem(context: ViewContext, name: UnderlyingView): boolean {
  const { names, positions } = digestOf(context.snapshot);
  const breached = context.newest.breaches.some((breach) => breach.scope === name.underlying);
  return breached || name.excluded > 0 || isDoubtful(names.get(name.underlying)) ||
    (positions.get(name.underlying) ?? []).some(isToLookAt);
}
