/** A column of bars that grow from zero, scaled to the largest of their column. */
import { type Glyphs, signedBar } from "./glyphs.ts";
import { Role } from "./style.ts";
import type { Column } from "./table.ts";

/** `half` cells to either side; a row without a value has no bar and no zero. */
export function barColumn<Row>(
  id: string,
  title: string,
  half: number,
  glyphs: Glyphs,
  rows: readonly Row[],
  value: (row: Row) => number | null,
): Column<Row> {
  const largest = rows.reduce((most, row) => Math.max(most, Math.abs(value(row) ?? 0)), 0);
  return {
    id,
    title: " ".repeat(Math.max(0, half - Math.floor(title.length / 2))) + title,
    // The bar, its margin, and the gap before the number that follows.
    width: 2 * half + 4,
    kind: "text",
    cell: (row) => {
      const one = value(row);
      if (one === null) return { text: "" };
      return { text: signedBar(one, largest, half, glyphs), style: one < 0 ? Role.loss : Role.text };
    },
  };
}
