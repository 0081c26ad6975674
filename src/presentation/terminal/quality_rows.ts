/** The rows of the quality view: flagged positions, the gravest first, then what the sources do not agree on. */
import type { PositionView, ReconciliationView } from "../../domain/risk/snapshot.ts";
import { LastAnswer } from "../../application/last_answer.ts";
import { contractName } from "../format.ts";
import type { ViewContext } from "./context.ts";
import { parseFilter } from "./filter.ts";
import { effectOf, gravestFirst, gravity, isTelling, isToLookAt } from "./flag_words.ts";
import { positionKey } from "./position_rows.ts";
import { inChosenOrder, type SortValue } from "./row_order.ts";

export interface FlaggedRow {
  readonly key: string;
  readonly position: PositionView;
}

export interface ReconciliationRow {
  readonly key: string;
  readonly row: ReconciliationView;
}

export interface QualityRows {
  readonly flagged: readonly FlaggedRow[];
  /** Flagged positions that are left out: their flags say nothing about their own numbers. */
  readonly inPassing: number;
  readonly reconciliation: readonly ReconciliationRow[];
}

export function qualityRows(context: ViewContext): QualityRows {
  const { snapshot, view } = context;
  const asked = [snapshot, view.filter, view.account, view.onlyProblems, view.tables.quality.sort];
  return last.to(asked, () => builtRows(context));
}

/** One frame asks several times, and every option of a large book may carry a flag. */
const last = new LastAnswer<QualityRows>();

/** What the columns of the flagged rows are sorted by. */
const VALUES: Readonly<Record<string, (row: FlaggedRow) => SortValue>> = {
  name: ({ position }) => contractName(position),
  flags: ({ position }) => position.flags.length,
  bid: ({ position }) => position.bid,
  ask: ({ position }) => position.ask,
  last: ({ position }) => position.last,
  age: ({ position }) => position.quoteAgeMs,
  mark: ({ position }) => position.mark,
  effect: ({ position }) => effectOf(gravestFirst(position.flags)[0] ?? "CLOSED", position),
};

function builtRows({ snapshot, view }: ViewContext): QualityRows {
  const filter = parseFilter(view.filter);
  const flagged: FlaggedRow[] = [];
  let inPassing = 0;
  for (const position of snapshot.positions) {
    if (position.flags.length === 0) continue;
    if (view.account !== null && !position.leaves.some((leaf) => leaf.account === view.account)) continue;
    if (view.onlyProblems && !isToLookAt(position)) continue;
    if (filter.active ? !filter.position(position) : !isTelling(position)) {
      if (!filter.active) inPassing++;
      continue;
    }
    flagged.push({ key: positionKey(position), position });
  }
  // Names are made once a row, not once a comparison.
  const order = new Map(flagged.map(({ key, position }) => [key, {
    rank: gravity(gravestFirst(position.flags)[0] ?? "CLOSED"),
    name: contractName(position),
  }]));
  flagged.sort((a, b) => {
    const [left, right] = [order.get(a.key), order.get(b.key)];
    if (left === undefined || right === undefined) return 0;
    return left.rank - right.rank || (left.name < right.name ? -1 : left.name > right.name ? 1 : 0);
  });
  const reconciliation = snapshot.reconciliation
    .filter((row) => !view.onlyProblems || row.status !== "EXPLAINED")
    .filter((row) => !filter.active || filter.text(`${row.key} ${row.status} ${row.detail}`))
    .map((row) => ({ key: `reconciliation:${row.status}:${row.key}`, row }));
  const chosen = inChosenOrder(flagged, view.tables.quality.sort, (column) => VALUES[column]);
  return { flagged: chosen, inPassing, reconciliation };
}
