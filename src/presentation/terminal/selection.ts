/** Which positions the person wants to see: of the account, the filter and the problems chosen. */
import type { PositionView } from "../../domain/risk/snapshot.ts";
import { LastAnswer } from "../../application/last_answer.ts";
import type { ViewContext } from "./context.ts";
import { parseFilter } from "./filter.ts";
import { isToLookAt } from "./flag_words.ts";
import type { ViewState } from "./view_state.ts";

/** Whether rows are left out that the account shown has. */
export function isNarrowed(view: Pick<ViewState, "filter" | "onlyProblems">): boolean {
  return view.onlyProblems || parseFilter(view.filter).active;
}

/** All positions of the snapshot that are to be seen, in its order. */
export function selectedPositions(context: ViewContext): readonly PositionView[] {
  const { snapshot, newest, view } = context;
  const { filter, account, onlyProblems } = view;
  const asked = [snapshot, filter, account, onlyProblems, onlyProblems ? newest : null];
  return last.to(asked, () => snapshot.positions.filter(isSelected(context)));
}

/** Rows and what they add up to are asked for in the same frame, and a filter reads every name. */
const last = new LastAnswer<readonly PositionView[]>();

/** Names with an open breach are looked up once, not once a position. */
export function isSelected({ view, newest }: ViewContext): (position: PositionView) => boolean {
  const filter = parseFilter(view.filter);
  const breached = new Set(view.onlyProblems ? newest.breaches.map(({ scope }) => scope) : []);
  return (position) => {
    if (view.account !== null && !position.leaves.some((leaf) => leaf.account === view.account)) return false;
    if (view.onlyProblems && !isToLookAt(position) && !breached.has(position.underlying)) return false;
    return !filter.active || filter.position(position);
  };
}
