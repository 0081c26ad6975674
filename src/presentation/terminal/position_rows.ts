/** The rows of the positions view: a tree of names and their contracts, or one flat list. */
import type { PositionView, RiskSnapshot, UnderlyingView } from "../../domain/risk/snapshot.ts";
import { contractName, contractOf } from "../format.ts";
import { shownAccount, type ViewContext } from "./context.ts";
import { digestOf } from "./digest.ts";
import { parseFilter } from "./filter.ts";
import { isToLookAt } from "./flag_words.ts";

/** From this many positions on the tree starts folded to names. */
const FOLDED_FROM = 200;

export type PositionRow =
  | {
    readonly kind: "name";
    readonly key: string;
    readonly label: string;
    /** Null when an account is shown alone and its sums are not in the snapshot. */
    readonly name: UnderlyingView | null;
    readonly underlying: string;
    readonly open: boolean;
  }
  | {
    readonly kind: "position";
    readonly key: string;
    readonly label: string;
    readonly position: PositionView;
    /** False for one account's part of a position that several hold: the snapshot has no greeks of parts. */
    readonly whole: boolean;
  };

export function positionRows(context: ViewContext): readonly PositionRow[] {
  const { snapshot, view } = context;
  const known = remembered.get(snapshot);
  const { tree, filter, account, folds, onlyProblems } = view;
  const { sort } = view.tables.positions;
  const choice = [tree, filter, account, folds, onlyProblems, sort];
  if (known !== undefined && known.choice.every((one, index) => one === choice[index])) return known.rows;
  const rows = tree ? treeRows(context) : flatRows(context);
  remembered.set(snapshot, { choice, rows });
  return rows;
}

/** Keys of all groups, open or not. */
export function groupKeys({ snapshot }: ViewContext): string[] {
  return snapshot.byUnderlying.map((name) => groupKey(name.underlying));
}

/** A large book would cost a sort for every frame; nothing changes as long as the snapshot and the choice stay. */
const remembered = new WeakMap<
  RiskSnapshot,
  { readonly choice: readonly unknown[]; readonly rows: readonly PositionRow[] }
>();

function treeRows(context: ViewContext): PositionRow[] {
  const { snapshot, view } = context;
  const shown = selection(context);
  const { positions } = digestOf(snapshot);
  const folded = snapshot.positions.length > FOLDED_FROM;
  const rows: PositionRow[] = [];
  const names = [...snapshot.byUnderlying].sort((a, b) => larger(a.dollarDelta, b.dollarDelta));
  for (const name of names) {
    const held = (positions.get(name.underlying) ?? []).filter(shown);
    const [only] = held;
    if (only === undefined) continue;
    if (held.length === 1 && name.positions === 1) {
      rows.push(positionRow(context, only, fullName(context, only)));
      continue;
    }
    const key = groupKey(name.underlying);
    const open = view.folds.has(key) === folded;
    const sums = view.account === null ? name : nameInAccount(context, name.underlying);
    const label = `${name.underlying} (${held.length})`;
    rows.push({ kind: "name", key, label, name: sums, underlying: name.underlying, open });
    if (open) rows.push(...bySize(held).map((one) => positionRow(context, one, `  ${contractOf(one)}`)));
  }
  return rows;
}

function flatRows(context: ViewContext): PositionRow[] {
  const shown = context.snapshot.positions.filter(selection(context));
  return inOrder(context, shown).map((position) => positionRow(context, position, fullName(context, position)));
}

function inOrder({ view }: ViewContext, positions: readonly PositionView[]): PositionView[] {
  const { sort } = view.tables.positions;
  if (sort === null) return bySize(positions);
  const sign = sort.reversed ? -1 : 1;
  const value = VALUES[sort.column];
  if (value === undefined) {
    const name = (one: PositionView): string => contractName(one);
    return [...positions].sort((a, b) => sign * (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0));
  }
  return [...positions].sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
    return sign * (right - left);
  });
}

const VALUES: Readonly<Record<string, (position: PositionView) => number | null>> = {
  quantity: (one) => one.quantity,
  marketValue: (one) => one.marketValue,
  dailyPnl: (one) => one.dailyPnl,
  unrealizedPnl: (one) => one.unrealizedPnl,
  dollarDelta: (one) => one.dollarDelta,
  gammaDollars1Pct: (one) => one.gammaDollars1Pct,
  vega: (one) => one.vega,
  theta: (one) => one.theta,
  daysToExpiry: (one) => one.daysToExpiry,
};

/** Columns that the flat list can be sorted by. */
export const POSITION_SORTS: readonly string[] = ["name", ...Object.keys(VALUES)];

function selection({ view }: ViewContext): (position: PositionView) => boolean {
  const filter = parseFilter(view.filter);
  return (position) => {
    if (view.account !== null && !position.leaves.some((leaf) => leaf.account === view.account)) return false;
    if (view.onlyProblems && !isToLookAt(position)) return false;
    return !filter.active || filter.position(position);
  };
}

/** The sums of one name in the account shown alone. */
function nameInAccount(context: ViewContext, underlying: string): UnderlyingView | null {
  return shownAccount(context)?.book?.byUnderlying.find((one) => one.underlying === underlying) ?? null;
}

/** One account's part of a position. */
function partOf(position: PositionView, account: string): PositionView {
  const leaves = position.leaves.filter((leaf) => leaf.account === account);
  const [leaf] = leaves;
  // The same account at two sources is a sum that the snapshot does not hold.
  if (leaf === undefined || leaves.length > 1) return { ...position, ...NOTHING, avgPrice: null, leaves };
  const { quantity, avgPrice, marketValue, unrealizedPnl, dailyPnl, realizedPnl, exposure } = leaf;
  const own = { quantity, avgPrice, marketValue, unrealizedPnl, dailyPnl, realizedPnl, exposure };
  return { ...position, ...NOTHING, ...own, leaves };
}

const NOTHING = {
  marketValue: null,
  unrealizedPnl: null,
  dailyPnl: null,
  realizedPnl: null,
  exposure: null,
  delta: null,
  dollarDelta: null,
  betaWeightedDelta: null,
  gamma: null,
  gammaDollars1Pct: null,
  vega: null,
  theta: null,
};

/** Names a contract's row, the same in every snapshot. */
export function positionKey(position: PositionView): string {
  const { symbol, assetType, expiry, strike, right, currency, multiplier, tradingClass } = position;
  return ["position", symbol, assetType, expiry, strike, right, currency, multiplier, tradingClass].join(":");
}

function positionRow({ view }: ViewContext, position: PositionView, label: string): PositionRow {
  const key = positionKey(position);
  const whole = view.account === null || position.leaves.every((leaf) => leaf.account === view.account);
  return { kind: "position", key, label, position: whole ? position : partOf(position, view.account ?? ""), whole };
}

/** The contract's name, with its currency where that is not the book's. */
export function fullName({ snapshot }: ViewContext, position: PositionView): string {
  const foreign = position.currency !== snapshot.baseCurrency && position.assetType !== "FOREX";
  return contractName(position) + (foreign ? ` ${position.currency}` : "");
}

function groupKey(underlying: string): string {
  return `name:${underlying}`;
}

function bySize(positions: readonly PositionView[]): PositionView[] {
  return [...positions].sort((a, b) => larger(a.dollarDelta, b.dollarDelta));
}

/** The larger magnitude first, missing ones last. */
function larger(a: number | null, b: number | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return Math.abs(b) - Math.abs(a);
}
