/** Row 3: the one thing that needs an eye now. Always there, so that nothing jumps when an alert comes. */
import type { BreachView, RiskSnapshot } from "../../../domain/risk/snapshot.ts";
import { age } from "../../format.ts";
import type { Look, ViewContext } from "../context.ts";
import { cut, type Frame, padded, widthOf } from "../frame.ts";
import { longLimitName, shortLimitName, STATE_WORDS, unacknowledged, worstFirst } from "../limit_text.ts";
import { signalName } from "../signal_rows.ts";
import { BOLD, Role, type Style } from "../style.ts";
import { typedText } from "./typed_text.ts";
import { nothingRead } from "../views/waiting.ts";

interface Alert {
  /** What happened; cut when it does not fit. */
  readonly text: string;
  /** Kept whole after the text: how long it waits. */
  readonly tail: string;
  /** Keys, at the right. */
  readonly keys: string;
  readonly style: Style;
}

export function drawAlertRow(frame: Frame, row: number, context: ViewContext): void {
  const alert = acknowledging(context) ?? frozen(context) ??
    held(context, notLive(context) ?? breach(context) ?? calm(context));
  const room = frame.width - widthOf(alert.keys) - widthOf(alert.tail) - 3;
  const text = ` ${cut(alert.text, Math.max(4, room))}${alert.tail}`;
  frame.put(row, 0, padded("", frame.width), alert.style);
  frame.put(row, 0, text, alert.style);
  if (widthOf(text) + widthOf(alert.keys) + 1 < frame.width) {
    frame.putEnding(row, frame.width - 1, alert.keys, alert.style);
  }
}

function acknowledging({ view, newest, look, size }: ViewContext): Alert | null {
  if (view.prompt?.kind !== "acknowledge") return null;
  const { breachId, text } = view.prompt;
  const what = subjectOf(breachId, newest, look);
  const keys = "Enter save  Esc no";
  // The more there is no room for, the less stands around what is typed.
  const around = [[`ACK  ${what}  note: `, keys], ["ACK  note: ", keys], ["note: ", ""]] as const;
  const roomOf = ([start, end]: readonly [string, string]): number => size.columns - widthOf(start) - widthOf(end) - 3;
  const [start, end] = around.find((one) => roomOf(one) >= 12) ?? ["note: ", ""];
  const note = typedText(text, Math.max(2, roomOf([start, end])));
  return { text: start + note, tail: "", keys: end, style: BOLD };
}

/** `TSLA exposure 108 %`; a signal by its scope, rule and subject; what is gone meanwhile by its id. */
function subjectOf(id: string, { breaches, signals }: RiskSnapshot, look: Look): string {
  const breach = breaches.find((one) => one.id === id);
  if (breach !== undefined) return `${longLimitName(breach, look)} ${look.format.percent(breach.utilization, 0)}`;
  const signal = signals.find((one) => one.id === id);
  return signal === undefined ? id : signalName(signal);
}

function frozen(context: ViewContext): Alert | null {
  const { view, now, look, newest } = context;
  // Freezing holds rows, not alerts: a breach that came after it takes the row.
  if (view.frozen === null || context.live.kind === "stale") return null;
  const { snapshot } = view.frozen;
  const known = new Map(
    snapshot.breaches.filter((one) => one.state !== "acknowledged").map((one) => [one.id, one.severity]),
  );
  const isNew = ({ id, severity }: BreachView): boolean =>
    !known.has(id) || (severity === "hard" && known.get(id) !== "hard");
  if (unacknowledged(context).some(isNew)) return null;
  const moved = movedRows(snapshot.byUnderlying, newest.byUnderlying);
  const since = `${look.format.clock(Date.parse(snapshot.asOf))}, ${heldFor(now - view.frozen.at)} ago`;
  return {
    text: `|| FROZEN at ${since} · ${moved} rows moved · no new alert`,
    tail: "",
    keys: "Space resume",
    style: BOLD,
  };
}

/** What breaks in on a frozen screen says that the rows below it are still held. */
function held({ view, now }: ViewContext, alert: Alert): Alert {
  if (view.frozen === null) return alert;
  return { ...alert, text: `|| FROZEN ${heldFor(now - view.frozen.at)} · ${alert.text}` };
}

/** In whole seconds: tenths would draw the row anew with every frame. */
function heldFor(ms: number): string {
  return ms < 60_000 ? `${Math.max(0, Math.round(ms / 1_000))} s` : age(ms);
}

function movedRows(
  before: readonly { readonly underlying: string; readonly dailyPnl: number | null }[],
  after: readonly { readonly underlying: string; readonly dailyPnl: number | null }[],
): number {
  const old = new Map(before.map((row) => [row.underlying, row.dailyPnl]));
  return after.filter((row) => old.get(row.underlying) !== row.dailyPnl).length;
}

function notLive(context: ViewContext): Alert | null {
  const { live, now, look } = context;
  if (live.kind !== "stale") return null;
  if (nothingRead(context)) {
    return { text: `X NOT LIVE  nothing read yet · ${live.reason}`, tail: "", keys: "7 health", style: Role.hard };
  }
  const seconds = Math.max(0, Math.round((now - live.at) / 1_000));
  const old = seconds < 120 ? `${seconds} s` : age(seconds * 1_000);
  const of = live.stored ? `stored ${old} ago` : `prices of ${look.format.clock(live.at)}, ${old} old`;
  return {
    text: `X NOT LIVE  ${of} · ${live.reason}`,
    tail: "",
    keys: "7 health",
    style: Role.hard,
  };
}

function breach(context: ViewContext): Alert | null {
  const waiting = unacknowledged(context);
  const [first] = waiting;
  if (first === undefined) return null;
  const wide = context.size.columns >= 104;
  const narrow = context.size.columns < 80;
  const since = age(context.now - Date.parse(first.since));
  const more = waiting.length > 1 ? `  +${waiting.length - 1} more` : "";
  const word = STATE_WORDS[first.severity];
  return {
    text: narrow ? `▲ ${word} ${briefly(first, context.look)}` : `▲ ${word}  ${first.message}`,
    tail: ` · ${wide ? "not acknowledged for " : ""}${since}${more}`,
    keys: wide ? "a acknowledge  4 limits" : "a ack",
    style: first.severity === "hard" ? Role.hard : Role.soft,
  };
}

/** `TSLA 108 % of 1.50 M`. */
function briefly(breach: BreachView, look: Look): string {
  const name = shortLimitName(breach, look);
  const limit = look.format.short(breach.limit).replace(/([KMB])$/, " $1");
  const bound = breach.limit !== null && Math.abs(breach.limit) <= 1 ? look.format.percent(breach.limit, 0) : limit;
  return `${name} ${look.format.percent(breach.utilization, 0)}${breach.limit === null ? "" : ` of ${bound}`}`;
}

function calm(context: ViewContext): Alert {
  const { newest, look, live } = context;
  if (live.kind === "starting") {
    return { text: "Starting: limits are not judged yet.", tail: "", keys: "7 health", style: Role.text };
  }
  const acknowledged = newest.breaches.filter((one) => one.state === "acknowledged");
  const worst =
    [...acknowledged].sort((a, b) =>
      Number(b.severity === "hard") - Number(a.severity === "hard") || (b.utilization ?? 0) - (a.utilization ?? 0)
    )[0];
  if (worst !== undefined) {
    const acked = worst.acknowledgedAt === null ? "" : `, acked ${look.format.clock(Date.parse(worst.acknowledgedAt))}`;
    const name = longLimitName(worst, look);
    const used = look.format.percent(worst.utilization, 0);
    return {
      text: `No new alert. Worst: ${STATE_WORDS[worst.severity]} ${name} ${used}${acked}`,
      tail: "",
      // u takes back the latest: beside another one it would mislead.
      keys: acknowledged.some((one) => (one.acknowledgedAt ?? "") > (worst.acknowledgedAt ?? "")) ? "" : "u take back",
      style: Role.text,
    };
  }
  return { text: `No open alerts. ${limitsInWords(context)}`, tail: "", keys: "", style: Role.text };
}

function limitsInWords({ newest, look }: ViewContext): string {
  const { limits } = newest;
  if (limits.length === 0) return "No limits are set.";
  const worst = worstFirst(limits)[0];
  if (worst === undefined || limits.every((one) => one.state === "ok")) return `All ${limits.length} limits ok.`;
  // The state is instantaneous; the breach opens only when it has held for a while.
  return `Watching: ${STATE_WORDS[worst.state]} ${longLimitName(worst, look)} ${
    look.format.percent(worst.utilization, 0)
  }.`;
}
