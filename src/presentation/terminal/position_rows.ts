/** The rows of the positions view: a tree of names, their strategies and contracts, or one flat list. */
import type { PositionView, RiskSnapshot, StrategyView, UnderlyingView } from "../../domain/risk/snapshot.ts";
import { contractName, contractOf } from "../format.ts";
import { shownAccount, type ViewContext } from "./context.ts";
import { digestOf } from "./digest.ts";
import { comparison, type Ordered } from "./position_order.ts";
import { partInAccount, partOf } from "./position_part.ts";
import { isSelected } from "./selection.ts";
import { isSoleHolder, soleAccounts } from "./sole_accounts.ts";

/** From this many positions on the tree starts folded to names. */
const FOLDED_FROM = 200;

export type PositionRow =
  | {
    readonly kind: "name";
    readonly key: string;
    readonly label: string;
    /** Null when an account is shown alone and the snapshot does not hold its sums. */
    readonly sums: UnderlyingView | null;
    readonly underlying: string;
    readonly open: boolean;
  }
  | {
    readonly kind: "strategy";
    readonly key: string;
    readonly label: string;
    readonly strategy: StrategyView;
    /** The positions that its legs are parts of. */
    readonly legs: readonly PositionView[];
    readonly open: boolean;
  }
  /** A position, or the part of it that stands at this place. */
  | { readonly kind: "position"; readonly key: string; readonly label: string; readonly position: PositionView };

export function positionRows(context: ViewContext): readonly PositionRow[] {
  const { snapshot, newest, view } = context;
  const known = remembered.get(snapshot);
  const { tree, filter, account, folds, onlyProblems } = view;
  const { sort } = view.tables.positions;
  const choice = [tree, filter, account, folds, onlyProblems, sort, onlyProblems ? newest : null];
  if (known !== undefined && known.choice.every((one, index) => one === choice[index])) return known.rows;
  const rows = tree ? treeRows(context) : flatRows(context);
  remembered.set(snapshot, { choice, rows });
  return rows;
}

/** A large book would cost a sort for every frame; nothing changes as long as the snapshot and the choice stay. */
const remembered = new WeakMap<
  RiskSnapshot,
  { readonly choice: readonly unknown[]; readonly rows: readonly PositionRow[] }
>();

/** Keys of all groups, open or not. */
export function groupKeys({ snapshot }: ViewContext): string[] {
  return [
    ...snapshot.byUnderlying.map((name) => nameKey(name.underlying)),
    ...snapshot.strategies.map((strategy) => strategyKey(strategy)),
  ];
}

export function isGroupKey(key: string): boolean {
  return key.startsWith("name:") || key.startsWith("strategy:");
}

/** The row that stands for a name in the tree: its group, or its only position. */
export function rowOfName({ snapshot }: ViewContext, underlying: string): string {
  const [only, ...others] = digestOf(snapshot).positions.get(underlying) ?? [];
  return only !== undefined && others.length === 0 ? positionKey(only) : nameKey(underlying);
}

/** Names a contract's row, the same in every snapshot. */
export function positionKey(position: PositionView): string {
  const { symbol, assetType, expiry, strike, right, currency, multiplier, tradingClass } = position;
  return ["position", symbol, assetType, expiry, strike, right, currency, multiplier, tradingClass].join(":");
}

/** The contract's name, with its currency where that is not the book's. */
export function fullName({ snapshot }: ViewContext, position: PositionView): string {
  const foreign = position.currency !== snapshot.baseCurrency && position.assetType !== "FOREX";
  return contractName(position) + (foreign ? ` ${position.currency}` : "");
}

/** A row, or a group with its rows, before it has a place. */
interface Node {
  readonly order: Ordered;
  readonly rows: readonly PositionRow[];
}

function treeRows(context: ViewContext): PositionRow[] {
  const { snapshot, view } = context;
  const shown = isSelected(context);
  const { positions } = digestOf(snapshot);
  const grouped = strategiesByName(context);
  const nodes: Node[] = [];
  for (const name of snapshot.byUnderlying) {
    const all = positions.get(name.underlying) ?? [];
    const held = all.filter(shown);
    const [only] = held;
    if (only === undefined) continue;
    const sums = sumsOf(context, name);
    const order = { ...NO_ORDER, name: name.underlying, figures: sums };
    if (all.length === 1) {
      const row = contractRow(context, only, () => fullName(context, only), positionKey(only));
      nodes.push({ order: orderOf(row.position, 0, () => name.underlying), rows: [row] });
      continue;
    }
    const key = nameKey(name.underlying);
    const open = isOpen(context, key);
    const count = held.length === all.length ? `${all.length}` : `${held.length} of ${all.length}`;
    const label = `${name.underlying} (${count})`;
    const group: PositionRow = { kind: "name", key, label, sums, underlying: name.underlying, open };
    const under = open ? rowsUnder(context, held, grouped.get(name.underlying) ?? []) : [];
    nodes.push({ order, rows: [group, ...under] });
  }
  return inOrder(nodes, view.tables.positions.sort);
}

/** Strategies with their legs, and what they leave over, in the chosen order. */
function rowsUnder(
  context: ViewContext,
  held: readonly PositionView[],
  strategies: readonly StrategyView[],
): PositionRow[] {
  const { snapshot, view } = context;
  const visible = new Set(held);
  const left = new Map(held.map((position) => [position, position.quantity]));
  const nodes: Node[] = [];
  for (const strategy of strategies) {
    const legs: PositionView[] = [];
    const rows: PositionRow[] = [];
    for (const { position: place, quantity } of strategy.legs) {
      const position = snapshot.positions[place];
      if (position === undefined) continue;
      legs.push(position);
      left.set(position, (left.get(position) ?? position.quantity) - quantity);
      if (!visible.has(position)) continue;
      const key = `${positionKey(position)}@${strategy.id}`;
      rows.push({ kind: "position", key, label: `    ${contractOf(position)}`, position: partOf(position, quantity) });
    }
    if (rows.length === 0) continue;
    const key = strategyKey(strategy);
    const open = isOpen(context, key);
    const group: PositionRow = { kind: "strategy", key, label: strategy.name, strategy, legs, open };
    nodes.push({
      order: { ...NO_ORDER, rank: 1, name: strategy.name, quantity: strategy.units, figures: strategy },
      rows: open ? [group, ...rows] : [group],
    });
  }
  for (const position of held) {
    const quantity = left.get(position) ?? position.quantity;
    const used = quantity !== position.quantity;
    if (used && Math.abs(quantity) < NOTHING_LEFT) continue;
    const part = used ? partOf(position, quantity) : position;
    const row = contractRow(context, part, () => `  ${contractOf(position)}`, positionKey(position));
    nodes.push({ order: orderOf(row.position, part.strike === null ? 0 : 2, () => contractOf(position)), rows: [row] });
  }
  return inOrder(nodes, view.tables.positions.sort);
}

/** Quantities closer than this are the same. */
const NOTHING_LEFT = 1e-9;

function flatRows(context: ViewContext): PositionRow[] {
  const shown = context.snapshot.positions.filter(isSelected(context));
  const nodes = shown.map((position): Node => {
    const row = contractRow(context, position, () => fullName(context, position), positionKey(position));
    return { order: orderOf(row.position, 0, () => contractName(position)), rows: [row] };
  });
  return inOrder(nodes, context.view.tables.positions.sort);
}

function inOrder(nodes: Node[], sort: Parameters<typeof comparison>[0]): PositionRow[] {
  const compare = comparison(sort);
  return nodes.sort((a, b) => compare(a.order, b.order)).flatMap(({ rows }) => rows);
}

const NO_ORDER: Ordered = { rank: 0, name: "", quantity: null, figures: null, position: null };

/** The name is made where rows are otherwise equal, or sorted by it: most books have more rows than a screen. */
function orderOf(position: PositionView, rank: number, name: () => string): Ordered {
  return {
    rank,
    get name() {
      return name();
    },
    quantity: position.quantity,
    figures: position,
    position,
  };
}

/** The label is made where the row is drawn. */
function contractRow({ view }: ViewContext, position: PositionView, label: () => string, key: string) {
  const part = view.account === null ? position : partInAccount(position, view.account);
  return {
    kind: "position" as const,
    key,
    get label() {
      return label();
    },
    position: part,
  };
}

/** Strategies under each name; with one account shown those alone that no other account has a part in. */
function strategiesByName({ snapshot, view }: ViewContext): Map<string, StrategyView[]> {
  const { account } = view;
  const byName = new Map<string, StrategyView[]>();
  for (const strategy of snapshot.strategies) {
    const whole = account === null || strategy.legs.every(({ position }) => {
      const leg = snapshot.positions[position];
      return leg !== undefined && isSoleHolder(account, leg);
    });
    if (!whole) continue;
    const under = byName.get(strategy.underlying);
    if (under === undefined) byName.set(strategy.underlying, [strategy]);
    else under.push(strategy);
  }
  return byName;
}

/** A name's sums, or one account's; null when several accounts hold the name and the snapshot does not split it. */
function sumsOf(context: ViewContext, name: UnderlyingView): UnderlyingView | null {
  const { account } = context.view;
  if (account === null) return name;
  const { book } = shownAccount(context) ?? {};
  if (book !== undefined) return book.byUnderlying.find((one) => one.underlying === name.underlying) ?? null;
  return soleAccounts(context.snapshot).names.get(name.underlying) === account ? name : null;
}

function isOpen({ snapshot, view }: ViewContext, key: string): boolean {
  return view.folds.has(key) === snapshot.positions.length > FOLDED_FROM;
}

function nameKey(underlying: string): string {
  return `name:${underlying}`;
}

function strategyKey({ id }: StrategyView): string {
  return `strategy:${id}`;
}
