/** `a`, `u` and `n`: what a person says of a breach or a signal. */
import type { BreachView } from "../../domain/risk/snapshot.ts";
import { dead, type Pressed, quiet, toasted } from "./answer.ts";
import type { ViewContext } from "./context.ts";
import { longLimitName, unacknowledged } from "./limit_text.ts";
import { isCleared, isWaiting, type SignalRow, signalRows } from "./signal_rows.ts";

/** The answer to such a key; null: it is another. `selected` is the key of the view's selected row. */
export function acknowledgeKey(context: ViewContext, selected: string | null, text: string): Pressed | null {
  switch (text) {
    case "a":
      return acknowledging(context, selected);
    case "u":
      return takingBack(context, selected);
    case "n":
      return noting(context, selected);
    default:
      return null;
  }
}

function acknowledging(context: ViewContext, selected: string | null): Pressed {
  if (context.view.active === "signals") return acknowledgingRow(context);
  const breach = selectedBreach(context, selected, (one) => one.state !== "acknowledged") ?? unacknowledged(context)[0];
  if (breach === undefined) return dead(context, "no open alert to acknowledge");
  return prompting(context, breach.id);
}

/** In the signals view `a` is about the selected row alone: another one would not be seen. */
function acknowledgingRow(context: ViewContext): Pressed {
  const row = selectedSignalRow(context);
  if (row === undefined) return dead(context, "no open alert to acknowledge");
  if (isCleared(row)) return dead(context, "it has cleared: nothing to acknowledge");
  if (!isWaiting(row)) return dead(context, "it is acknowledged already");
  return prompting(context, row.kind === "breach" ? row.breach.id : row.signal.id);
}

function prompting({ view }: ViewContext, breachId: string): Pressed {
  return quiet({ ...view, prompt: { kind: "acknowledge", text: "", breachId } });
}

/** A note goes with an acknowledgement: what is acknowledged can have another one. */
function noting(context: ViewContext, selected: string | null): Pressed {
  const { view } = context;
  const row = view.active === "signals" ? selectedSignalRow(context) : undefined;
  const about = view.active === "signals"
    ? (row?.kind === "breach" ? row.breach : row?.signal)
    : selectedBreach(context, selected, () => true);
  if (about === undefined) return dead(context, "this row has no breach to write a note on");
  if (about.acknowledgedAt === null) return dead(context, "not acknowledged yet: a acknowledges it, with a note");
  if (row !== undefined && isCleared(row)) return dead(context, "it has cleared: its note stays as it is");
  return quiet({ ...view, prompt: { kind: "acknowledge", text: about.note ?? "", breachId: about.id } });
}

function takingBack(context: ViewContext, selected: string | null): Pressed {
  const row = context.view.active === "signals" ? selectedSignalRow(context) : undefined;
  if (row?.kind === "signal") return dead(context, "u takes back what was said of a breach; a signal stays as it is");
  if (row?.kind === "breach" && isWaiting(row)) return dead(context, "this breach is not acknowledged");
  const acknowledged = context.newest.breaches.filter((one) => one.state === "acknowledged");
  const latest = [...acknowledged].sort((a, b) => (a.acknowledgedAt ?? "") < (b.acknowledgedAt ?? "") ? 1 : -1)[0];
  const breach = row?.breach ?? selectedBreach(context, selected, (one) => one.state === "acknowledged") ?? latest;
  if (breach === undefined) return dead(context, "nothing is acknowledged");
  const view = toasted(context, `${longLimitName(breach, context.look)}: acknowledgement taken back`);
  return { view, actions: [{ kind: "takeBack", breachId: breach.id }] };
}

/** The selected row of the signals view; the first without a choice. */
function selectedSignalRow(context: ViewContext): SignalRow | undefined {
  const rows = signalRows(context);
  return rows.find(({ key }) => key === context.view.tables.signals.selected) ?? rows[0];
}

/** The breach of the selected row in the limits view. */
function selectedBreach(
  { view, newest }: ViewContext,
  selected: string | null,
  fits: (breach: BreachView) => boolean,
): BreachView | undefined {
  if (view.active !== "limits") return undefined;
  return newest.breaches.find((one) => fits(one) && selected === `limit:${one.id}`);
}
