/**
 * One row a key. PostgreSQL takes each key once in a statement, so rows that share one are laid over each other beforehand,
 * by the same rules as in the table.
 */
import type { Layout, Value } from "../table.ts";

export function rowsByKey(table: Layout, rows: readonly (readonly Value[])[]): readonly (readonly Value[])[] {
  if (rows.length < 2) return rows;
  const width = table.key.length;
  const byKey = new Map<string, readonly Value[]>();
  for (const row of rows) {
    let key = String(row[0]);
    for (let at = 1; at < width; at++) key += `\0${row[at]}`;
    const before = byKey.get(key);
    byKey.set(key, before === undefined ? row : laidOver(table, before, row));
  }
  return byKey.size === rows.length ? rows : [...byKey.values()];
}

function laidOver({ columns, newest }: Layout, before: readonly Value[], after: readonly Value[]): readonly Value[] {
  const age = columns.findIndex(({ name }) => name === newest);
  if (age >= 0 && Number(after[age]) < Number(before[age])) return before;
  return columns.map(({ merge }, at) => {
    const [old, fresh] = [before[at] ?? null, after[at] ?? null];
    if (merge === "replace") return fresh;
    if (merge === "keep-first") return old;
    if (merge === "keep-told") return fresh === "" ? old : fresh;
    if (fresh === null || old === null) return fresh ?? old;
    return merge === "highest" && Number(old) > Number(fresh) ? old : fresh;
  });
}
