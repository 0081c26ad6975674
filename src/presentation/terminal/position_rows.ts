/** The rows of the positions view: a tree of names, their strategies and contracts, or one flat list. */
import type { PositionView, StrategyView, UnderlyingView } from "../../domain/risk/snapshot.ts";
import { LastAnswer } from "../../application/last_answer.ts";
import { contractName, contractOf } from "../format.ts";
import { shownAccount, type ViewContext } from "./context.ts";
import { digestOf } from "./digest.ts";
import { KeptOrder } from "./kept_order.ts";
import { inOrder, type Ordered } from "./position_order.ts";
import { partInAccount, partOf } from "./position_part.ts";
import { isSelected, selectedPositions } from "./selection.ts";
import { isSoleHolder, soleAccounts } from "./sole_accounts.ts";

/** From this many positions on the tree starts folded to names. */
const FOLDED_FROM = 200;

export type PositionRow =
  | {
    readonly kind: "name";
    readonly label: string;
    /** Null when an account is shown alone and the snapshot does not hold its sums. */
    readonly sums: UnderlyingView | null;
    readonly underlying: string;
    readonly open: boolean;
  }
  | {
    readonly kind: "strategy";
    readonly strategy: StrategyView;
    /** The positions that its legs are parts of. */
    readonly legs: readonly PositionView[];
    readonly open: boolean;
  }
  | {
    readonly kind: "position";
    /** A position, or the part of it that stands at this place. */
    readonly position: PositionView;
    /** The group that it stands in: none, its name, or a strategy that it is a leg of. */
    readonly under: null | "name" | StrategyView;
  };

export type ContractRow = Extract<PositionRow, { readonly kind: "position" }>;

export function positionRows(context: ViewContext): readonly PositionRow[] {
  const { snapshot, newest, view } = context;
  const { tree, filter, account, folds, onlyProblems } = view;
  const { sort } = view.tables.positions;
  const asked = [snapshot, tree, filter, account, folds, onlyProblems, sort, onlyProblems ? newest : null];
  return last.to(asked, () => tree ? treeRows(context) : flatRows(context));
}

/** A large book would cost a sort for every frame; nothing changes as long as the snapshot and the choice stay. */
const last = new LastAnswer<readonly PositionRow[]>();

/** Names a row, the same in every snapshot. */
export function rowKey(row: PositionRow): string {
  switch (row.kind) {
    case "name":
      return nameKey(row.underlying);
    case "strategy":
      return strategyKey(row.strategy);
    case "position": {
      const key = positionKey(row.position);
      return row.under === null || row.under === "name" ? key : `${key}@${row.under.id}`;
    }
  }
}

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
  const terms = `${expiry ?? ""}:${strike ?? ""}:${right ?? ""}:${currency}:${multiplier}:${tradingClass}`;
  return `position:${symbol}:${assetType}:${terms}`;
}

/** What a contract is called at its place. */
export function labelOf(context: ViewContext, { position, under }: ContractRow): string {
  if (under === null) return fullName(context, position);
  return (under === "name" ? "  " : "    ") + contractOf(position);
}

/** The contract's name, with its currency where that is not the book's. */
export function fullName({ snapshot }: ViewContext, position: PositionView): string {
  const foreign = position.currency !== snapshot.baseCurrency && position.assetType !== "FOREX";
  return contractName(position) + (foreign ? ` ${position.currency}` : "");
}

/** A row, or a group with its rows, before it has a place. */
interface Node extends Ordered {
  readonly row: PositionRow;
  /** What stands under it while it is open. */
  readonly under: readonly PositionRow[];
}

/** A contract on its way to its place. A class, and nothing held twice: a large book makes hundreds for every frame. */
class ContractNode implements Node {
  readonly under: readonly PositionRow[] = NO_ROWS;

  /** `called` in place of the contract's own name. */
  constructor(readonly row: ContractRow, readonly rank: number, readonly called: string | null = null) {}

  get position(): PositionView {
    return this.row.position;
  }

  get figures(): PositionView {
    return this.row.position;
  }

  get quantity(): number {
    return this.row.position.quantity;
  }

  name(): string {
    const { position, under } = this.row;
    return this.called ?? (under === null ? contractName(position) : contractOf(position));
  }
}

const NO_ROWS: readonly PositionRow[] = [];

const keptNames = new KeptOrder();
const keptContracts = new KeptOrder();

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
    if (all.length === 1) {
      nodes.push(new ContractNode(contractRow(context, only, null), 0, name.underlying));
      continue;
    }
    const open = isOpen(context, nameKey(name.underlying));
    const count = held.length === all.length ? `${all.length}` : `${held.length} of ${all.length}`;
    const label = `${name.underlying} (${count})`;
    const row: PositionRow = { kind: "name", label, sums, underlying: name.underlying, open };
    const under = open ? rowsUnder(context, held, grouped.get(name.underlying) ?? []) : [];
    nodes.push({ rank: 0, name: () => name.underlying, quantity: null, figures: sums, position: null, row, under });
  }
  return rowsOf(inOrder(nodes, view.tables.positions.sort, keptNames));
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
      rows.push({ kind: "position", position: partOf(position, quantity), under: strategy });
    }
    if (rows.length === 0) continue;
    const open = isOpen(context, strategyKey(strategy));
    nodes.push({
      rank: 1,
      name: () => strategy.name,
      quantity: strategy.units,
      figures: strategy,
      position: null,
      row: { kind: "strategy", strategy, legs, open },
      under: open ? rows : NO_ROWS,
    });
  }
  for (const position of held) {
    const quantity = left.get(position) ?? position.quantity;
    const used = quantity !== position.quantity;
    if (used && Math.abs(quantity) < NOTHING_LEFT) continue;
    const row = contractRow(context, used ? partOf(position, quantity) : position, "name");
    nodes.push(new ContractNode(row, position.strike === null ? 0 : 2));
  }
  return rowsOf(inOrder(nodes, view.tables.positions.sort));
}

/** Quantities closer than this are the same. */
const NOTHING_LEFT = 1e-9;

function flatRows(context: ViewContext): PositionRow[] {
  const nodes = selectedPositions(context).map((position) => new ContractNode(contractRow(context, position, null), 0));
  return rowsOf(inOrder(nodes, context.view.tables.positions.sort, keptContracts));
}

/** The position, or the part in it of the account that is shown alone. */
function contractRow({ view }: ViewContext, position: PositionView, under: ContractRow["under"]): ContractRow {
  const { account } = view;
  return { kind: "position", position: account === null ? position : partInAccount(position, account), under };
}

function rowsOf(nodes: readonly Node[]): PositionRow[] {
  const rows: PositionRow[] = [];
  for (const { row, under } of nodes) {
    rows.push(row);
    for (const one of under) rows.push(one);
  }
  return rows;
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
