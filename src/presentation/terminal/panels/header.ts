/** Row 1: what program, what environment, what connection, how complete, how many breaches, what session, what time. */
import type { Source } from "../../../domain/event.ts";
import type { HealthView, RiskSnapshot, SessionView } from "../../../domain/risk/snapshot.ts";
import { age, span } from "../../format.ts";
import { accountName, shownAccount, type ViewContext } from "../context.ts";
import { cut, type Frame, widthOf } from "../frame.ts";
import { brokerLinks } from "../liveness.ts";
import { BOLD, REVERSE, Role, type Style } from "../style.ts";

type Piece = readonly [text: string, style: Style];

/** How much is told; each further level says less, until it fits. */
interface Detail {
  readonly simulated: string;
  /** Every reason, the first and how many more, or their number alone. */
  readonly reasons: "all" | "first" | "count";
  readonly session: "long" | "short" | "state" | "none";
  readonly day: boolean;
  /** With when the next attempt comes, or without. */
  readonly connection: "long" | "short" | "none";
}

const LONG: Detail = { simulated: " SIMULATED", reasons: "all", session: "long", day: true, connection: "long" };
const SHORT: Detail = { simulated: " SIM", reasons: "count", session: "short", day: false, connection: "long" };
const LEVELS: readonly Detail[] = [
  LONG,
  { ...LONG, session: "short" },
  { ...LONG, session: "short", reasons: "first" },
  { ...LONG, session: "short", day: false, reasons: "first" },
  { ...LONG, session: "short", day: false, reasons: "count" },
  SHORT,
  { ...SHORT, session: "state" },
  { ...SHORT, session: "none" },
  { ...SHORT, session: "none", connection: "short" },
  { ...SHORT, session: "none", connection: "none" },
];

export function drawHeader(frame: Frame, context: ViewContext): void {
  const from = context.size.columns >= 104 ? 0 : LEVELS.indexOf(SHORT);
  const width = frame.width;
  for (const detail of LEVELS.slice(from)) {
    const [left, right] = [leftPieces(context, detail), rightPieces(context, detail)];
    if (length(left) + length(right) >= width) continue;
    drawPieces(frame, 0, left);
    drawPieces(frame, width - length(right), right);
    return;
  }
  drawNarrowHeader(frame, context);
}

/** The header without rules, for narrow screens; what is given up last stands first. */
export function drawNarrowHeader(frame: Frame, context: ViewContext): void {
  const { newest, look, now } = context;
  const account = shownAccount(context);
  const left: Piece[] = [
    [" APEX ", Role.text],
    ...environment(newest, SHORT.simulated),
    ...(account === undefined ? [] : [[` [${accountName(account.account, look)}]`, REVERSE] as const]),
    [" ", Role.text],
    ...status(context, "count"),
  ];
  const right: Piece[] = [...breachCounts(newest), [`  ${look.format.clock(now)} ${look.format.zone} `, Role.text]];
  const room = frame.width - length(right) - 1;
  if (length(left) <= room) {
    drawPieces(frame, 0, left);
    drawPieces(frame, frame.width - length(right), right);
    return;
  }
  const counts = breachCounts(newest);
  const start = frame.width - length(counts) - 1;
  drawPieces(frame, 0, left);
  if (start > 12) {
    frame.fill(0, start - 1, frame.width, " ");
    drawPieces(frame, start, counts);
  }
}

function leftPieces(context: ViewContext, detail: Detail): Piece[] {
  const account = shownAccount(context);
  const wall: Piece = [" │ ", Role.quiet];
  const pieces: Piece[] = [[" APEX ", BOLD], ...environment(context.newest, detail.simulated), wall];
  if (account !== undefined) pieces.push([`[${accountName(account.account, context.look)} only]`, REVERSE], wall);
  else if (detail.connection !== "none") pieces.push(...connection(context, detail.connection === "long"), wall);
  return [...pieces, ...status(context, detail.reasons)];
}

function rightPieces(context: ViewContext, detail: Detail): Piece[] {
  const { format } = context.look;
  const session = detail.session === "none" ? "" : sessionText(context, detail.session);
  const day = detail.day ? `${format.day(context.now)} ` : "";
  return [
    ...breachCounts(context.newest),
    ...(session === "" ? [] : [[" │ ", Role.quiet] as const, [session, Role.text] as const]),
    [" │ ", Role.quiet],
    [`${day}${format.clock(context.now)} ${format.zone} `, Role.text],
  ];
}

function environment(snapshot: RiskSnapshot, simulated: string): Piece[] {
  const name: Piece = snapshot.env === "prod" ? ["PROD", BOLD | REVERSE] : [snapshot.env, Role.text];
  return snapshot.simulated ? [name, [simulated, BOLD]] : [name];
}

function connection(context: ViewContext, long: boolean): Piece[] {
  const links = brokerLinks(context.newest);
  if (links.length === 0) return [["IB off", Role.text]];
  return links.flatMap((link, index): Piece[] => [
    ...(index === 0 ? [] : [[" ", Role.text] as const]),
    link.component === "futu"
      ? brokerPiece("Futu", "FUTU", link, context, long)
      : brokerPiece("IB", "IB", link, context, long),
  ]);
}

function brokerPiece(name: string, source: Source, link: HealthView, context: ViewContext, long: boolean): Piece {
  const { newest, look, now } = context;
  if (link.status === "down") {
    const [, attempt] = (long ? /;\s*([^;]*\b(?:try|attempt)\b[^;]*)$/.exec(link.detail) : null) ?? [];
    return [`${name} DOWN ${age(now - Date.parse(link.since))}${attempt ? `, ${cut(attempt, 24)}` : ""}`, Role.hard];
  }
  const own = newest.accounts.filter((one) => one.source === source);
  const names = [...new Set(own.map((one) => accountName(one.account, look)))];
  const text = names.length === 0 ? "connecting" : names.length > 2 ? `${names.length} accounts` : names.join("+");
  return [`${name} ${cut(text, 24)}`, Role.text];
}

function status(context: ViewContext, detail: Detail["reasons"]): Piece[] {
  const { newest, live } = context;
  const word = live.kind === "stale" ? "STALE" : newest.status.toUpperCase();
  const style = word === "STALE" ? Role.hard : word === "DEGRADED" ? BOLD : Role.text;
  const { statusReasons } = newest;
  const [first] = statusReasons;
  // Why it is stale stands in the alert row, what it waits for in the place of the numbers.
  if (first === undefined || live.kind !== "live") return [[word, style]];
  if (detail === "all") return [[`${word} ${statusReasons.join(", ")}`, style]];
  if (detail === "first") {
    const more = statusReasons.length > 1 ? ` +${statusReasons.length - 1}` : "";
    return [[`${word} ${cut(first, 32)}${more}`, style]];
  }
  // A bare number beside COMPLETE would read as a fault.
  return [[word === "DEGRADED" ? `${word} ${statusReasons.length}` : word, style]];
}

function breachCounts(snapshot: RiskSnapshot): Piece[] {
  const of = (severity: string): number => snapshot.breaches.filter((one) => one.severity === severity).length;
  const [hard, unknown, soft] = [of("hard"), of("unknown"), of("soft")];
  const pieces: Piece[] = [[`${hard} HARD`, hard > 0 ? Role.hard : Role.text], [" ", Role.text]];
  if (unknown > 0) pieces.push([`${unknown} UNKN`, Role.soft], [" ", Role.text]);
  pieces.push([`${soft} SOFT`, soft > 0 ? Role.soft : Role.text]);
  return pieces;
}

/** The first market: its state and when that ends; in the long form also another one that trades meanwhile. */
function sessionText(context: ViewContext, detail: "long" | "short" | "state"): string {
  const { session } = context.newest;
  const [market] = session;
  if (market === undefined || market.state === "unknown") return "";
  if (detail === "state") return `${market.market} ${market.state}`;
  const text = sessionOf(market, context, detail === "long");
  const other = market.state === "open" ? undefined : session.find((one) => one.state === "open");
  return detail === "long" && other !== undefined ? `${text}, ${other.market} open` : text;
}

function sessionOf({ market, state, changesAt }: SessionView, context: ViewContext, long: boolean): string {
  const { format } = context.look;
  const at = changesAt === null ? Number.NaN : Date.parse(changesAt);
  const left = span(at - context.now);
  if (!Number.isFinite(at)) return `${market} ${state}`;
  if (state === "open") return `${market} ${left}${long ? " left" : ""}`;
  if (state === "closed") {
    const opens = `${format.weekday(at)} ${format.clockMinutes(at)}`;
    return long ? `${market} closed, opens ${opens}` : `${market} closed ${opens}`;
  }
  return `${market} ${state} ${left}${long ? " left" : ""}`;
}

function drawPieces(frame: Frame, from: number, pieces: readonly Piece[]): void {
  let column = from;
  for (const [text, style] of pieces) column = frame.put(0, column, text, style);
}

function length(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, [text]) => sum + widthOf(text), 0);
}
