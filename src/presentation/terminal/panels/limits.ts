/** Limits worst first, each with its bar. */
import type { LimitView } from "../../../domain/risk/snapshot.ts";
import type { Format } from "../../format.ts";
import { type Area, liveMark, type ViewContext } from "../context.ts";
import { cut, type Frame, widthOf } from "../frame.ts";
import { limitBar } from "../glyphs.ts";
import {
  limitBound,
  limitMark,
  limitValue,
  longLimitName,
  shortLimitName,
  STATE_WORDS,
  worstFirst,
} from "../limit_text.ts";
import { Role, type Style } from "../style.ts";

/** From this width on names are spelt out. */
const SPELT_OUT = 50;
/** A row is no wider: the eye loses it between a name and a number far off. */
const WIDEST = 76;

export function drawLimits(frame: Frame, place: Area, context: ViewContext): void {
  const area = { ...place, width: Math.min(place.width, WIDEST) };
  const limits = worstFirst(context.snapshot.limits);
  if (limits.length === 0) {
    frame.put(
      area.top,
      area.left + 1,
      cut("No limits are set: risk_limits in the configuration.", area.width - 1),
      Role.quiet,
    );
    return;
  }
  // A short panel has no row to spare for what it leaves out.
  const told = limits.length > area.height && area.height >= 10;
  const shown = Math.min(limits.length, told ? area.height - 1 : area.height);
  for (const [index, limit] of limits.slice(0, shown).entries()) {
    drawLimit(frame, { ...area, top: area.top + index, height: 1 }, limit, context);
  }
  if (told) {
    frame.put(area.top + shown, area.left + 1, rest(limits.slice(shown), context, area.width - 1), Role.quiet);
  }
}

function drawLimit(frame: Frame, area: Area, limit: LimitView, context: ViewContext): void {
  const { look } = context;
  const wide = area.width >= SPELT_OUT;
  const style = stateStyle(limit);
  const row = area.top;
  const end = area.left + area.width - (wide ? 0 : 1);
  const used = shortUsed(limit.utilization, look.format);
  const cells = barCells(area.width);
  const barStart = end - 4 - 1 - (cells + 1);
  const slash = barStart - 1 - 6;
  frame.put(row, area.left + 1, STATE_WORDS[limit.state], style);
  // A verdict on old inputs keeps its word and says that it is old.
  const old = limit.state === "ok" ? "" : liveMark(context, "", 0);
  frame.put(row, area.left + 5, old, Role.stale);
  const mark = limit.value === null ? "" : liveMark(context, limitMark(limit), limit.value);
  const value = limitValue(limit, look) + (mark === "s" && context.live.kind === "stale" ? "" : mark);
  const name = wide ? longLimitName(limit, look) : shortLimitName(limit, look);
  const nameStart = area.left + (wide && old === "" ? 6 : 7);
  frame.put(row, nameStart, cut(name, slash - widthOf(value) - nameStart - 1));
  frame.putEnding(row, slash, value);
  frame.put(row, slash, "/");
  frame.put(row, slash + 1, limitBound(limit, look));
  frame.put(
    row,
    barStart,
    limitBar(limit.utilization, cells, look.softAt, look.glyphs),
    limit.state === "ok" ? Role.text : barStyle(limit),
  );
  frame.putEnding(row, end, used, limit.state === "ok" ? Role.text : style);
}

/** `108%`; from ten times the limit on `12x`, as there is no room for more digits. */
function shortUsed(utilization: number | null, format: Format): string {
  const text = format.used(utilization);
  return utilization === null || widthOf(text) <= USED_ROOM ? text : `${Math.min(999, Math.round(utilization))}x`;
}

const USED_ROOM = 4;

/** Cells up to 100 %; the bar's end takes one more. */
function barCells(width: number): number {
  if (width < SPELT_OUT) return Math.max(2, Math.min(9, width - 35));
  return Math.min(20, 8 + Math.max(0, width - SPELT_OUT - 6));
}

export function stateStyle(limit: Pick<LimitView, "state">): Style {
  return limit.state === "hard" ? Role.hard : limit.state === "ok" ? Role.text : Role.soft;
}

/** A bar keeps the terminal's own background: only its word is boxed. */
function barStyle(limit: LimitView): Style {
  return limit.state === "hard" ? Role.loss : Role.text;
}

/** `2 more, all ok: EUR.USD 2 %, daily loss 0 %`; as many of them as there is room for. */
function rest(limits: readonly LimitView[], { look }: ViewContext, width: number): string {
  const ok = limits.every((limit) => limit.state === "ok");
  const names = limits.map((limit) => {
    const name = limit.scope === null ? lowered(longLimitName(limit, look)) : shortLimitName(limit, look);
    return `${name} ${look.format.percent(limit.utilization, 0)}`;
  });
  const count = `${limits.length} more${ok ? ", all ok" : ""}`;
  const fitting = names.filter((_, index) => widthOf(`${count}: ${names.slice(0, index + 1).join(", ")}`) <= width);
  return fitting.length === 0 ? cut(count, width) : `${count}: ${fitting.join(", ")}`;
}

function lowered(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
