/** Steps in the lives of breaches, and which breaches are open now. */
import type { Store } from "../ports/store.ts";
import type { BreachRecord } from "../ports/store_records.ts";
import type { HistoryRange } from "./history_range.ts";

export interface BreachSteps {
  /** Hard, unknown, soft; the longest open first inside each. Their last step may be older than the range. */
  readonly open: readonly BreachRecord[];
  /** In the range, oldest first. */
  readonly steps: readonly BreachStepRow[];
}

export interface BreachStepRow extends BreachRecord {
  /** The breach has not cleared by now. */
  readonly isOpen: boolean;
}

const RANK = { hard: 0, unknown: 1, soft: 2 } as const;

export async function breachSteps(store: Store, account: string | null, range: HistoryRange): Promise<BreachSteps> {
  const all = await store.openBreaches();
  const open = all.filter((record) => account === null || record.account === account);
  const openSince = new Map(open.map((record) => [lifeOf(record), record.breach.openedAt]));
  const steps = (await store.breaches({ account, from: range.start, to: range.end })).map((record) => ({
    ...record,
    isOpen: openSince.get(lifeOf(record)) === record.breach.openedAt,
  }));
  return {
    open: open.toSorted((one, other) =>
      RANK[one.breach.severity] - RANK[other.breach.severity] || one.breach.openedAt - other.breach.openedAt
    ),
    steps,
  };
}

function lifeOf({ account, transition }: BreachRecord): string {
  return `${account}\n${transition.id}`;
}
