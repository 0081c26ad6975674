/** The overlay on `?`: every key and what it does; one that does nothing here is dim and says why. */
import type { ViewContext } from "../context.ts";
import { cut, type Frame, padded, widthOf } from "../frame.ts";
import { type KeyLine, LEFT, RIGHT } from "../key_list.ts";
import { drawTitles } from "../panels/titles.ts";
import { BOLD, DIM, Role } from "../style.ts";

/** From this width on the keys stand in two columns. */
const TWO_COLUMNS = 104;
const WALL = 62;
const KEYS = 8;

export function drawHelp(frame: Frame, top: number, bottom: number, context: ViewContext): void {
  const { search, top: scrolled } = context.view.helpPlace;
  for (let row = top; row < bottom; row++) frame.put(row, 0, padded("", frame.width));
  const two = frame.width >= TWO_COLUMNS && search === "";
  const columns = two ? [LEFT, RIGHT] : [found(search)];
  const longest = Math.max(...columns.map(({ length }) => length));
  const body = Math.max(0, Math.min(bottom - top - 1, longest));
  const first = Math.max(0, Math.min(scrolled, longest - body));
  drawTitles(frame, top, two ? body : 0, titles(search, two, longest - first - body));
  for (const [index, lines] of columns.entries()) {
    const left = index === 0 ? 1 : WALL + 2;
    const width = index === 0 && two ? WALL - 2 : frame.width - left - 1;
    for (const [at, line] of lines.slice(first, first + body).entries()) {
      drawLine(frame, top + 1 + at, { left, width }, line, context);
    }
  }
  if (longest === 0 && top + 1 < bottom) frame.put(top + 1, 1, "No key is described with that.", Role.quiet);
}

function found(search: string): readonly KeyLine[] {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return [...LEFT, ...RIGHT].filter(({ keys, does }) => {
    const text = `${keys} ${does}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function titles(search: string, two: boolean, more: number) {
  const typed = search === "" ? "type to search" : `/ ${search}_`;
  const rest = more > 0 ? ` · ${more} more below: ↓` : "";
  if (!two) return [{ wall: -1, title: `Keys · ${typed} · ? or Esc closes${rest}` }];
  return [
    { wall: -1, title: "Keys; one that does nothing here is dim and says why" },
    { wall: WALL, title: `${typed} · ? or Esc closes${rest}` },
  ];
}

function drawLine(
  frame: Frame,
  row: number,
  { left, width }: { readonly left: number; readonly width: number },
  { keys, does, why }: KeyLine,
  context: ViewContext,
): void {
  const reason = why(context);
  frame.put(row, left, cut(keys, KEYS - 1), reason === null ? BOLD : DIM);
  const room = width - KEYS;
  if (reason === null) {
    frame.put(row, left + KEYS, cut(does, room));
    return;
  }
  const told = ` · ${reason}`;
  const text = cut(does, Math.max(4, room - widthOf(told))) + told;
  frame.put(row, left + KEYS, cut(text, room), DIM | Role.quiet);
}
