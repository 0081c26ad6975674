import assert from "node:assert/strict";
import type { Column, Shown } from "../../../../src/presentation/cli/history/column.ts";
import { fittedTable } from "../../../../src/presentation/cli/history/fitted_table.ts";

type Row = Readonly<Record<string, string>>;

Deno.test("the least important columns go first, the table says which, and what still fits comes back", () => {
  const columns = [column("Name", 0, { words: true }), column("Large", 2), column("Mid", 1), column("B", 3)];
  const rows = [{ Name: "AAPL", Large: "123456789", Mid: "12", B: "1" }];
  // 4 + 9 + 3 + 1 and three gaps of 2 are 23. In 14 B goes and Large goes; B fits beside the rest after all.
  assert.equal(
    fittedTable(columns, rows, { width: 23 }),
    "Name      Large  Mid  B\n----  ---------  ---  -\nAAPL  123456789   12  1\n",
  );
  const [heading, , row, ...note] = fittedTable(columns, rows, { width: 14 }).split("\n");
  assert.equal(heading, "Name  Mid  B");
  assert.equal(row, "AAPL   12  1");
  assert.match(note.join(" "), /^Left out in 14 columns: Large\. /);
});

Deno.test("numbers are never cut, however narrow the terminal", () => {
  const text = fittedTable([column("Value", 0)], [{ Value: "-1,234,567.89" }], { width: 5 });
  assert.match(text, /-1,234,567\.89\n$/);
});

Deno.test("long words are broken into lines beside the rest of the row", () => {
  const columns = [column("Name", 0, { words: true }), column("Note", 0, { wraps: true })];
  const text = fittedTable(columns, [{ Name: "AAPL", Note: "one two three four five six seven eight" }], { width: 30 });
  assert.deepEqual(text.split("\n").slice(2), ["AAPL  one two three four five", "      six seven eight", ""]);
});

Deno.test("a column of notes that nobody wrote takes no room", () => {
  const text = fittedTable([column("Name", 0), column("Note", 1, { wraps: true })], [{ Name: "1" }, { Name: "2" }], {
    width: 80,
  });
  assert.doesNotMatch(text, /Note/);
});

Deno.test("wide characters are counted as wide, and control characters stay away from the terminal", () => {
  const columns = [column("Name", 0, { words: true }), column("Qty", 0)];
  const text = fittedTable(columns, [{ Name: "騰訊\u001b[31m", Qty: "1" }, { Name: "A", Qty: "22" }], { width: 80 });
  assert.doesNotMatch(text, new RegExp("\u001b"));
  // 騰訊 is four columns wide, the rest of the escape four more.
  assert.deepEqual(text.split("\n").slice(2, 4), ["騰訊 [31m    1", "A           22"]);
});

function column(title: string, rank: number, how: Partial<Shown<Row>> = {}): Column<Row> {
  return { key: title, value: () => null, shown: { title, text: (row) => row[title] ?? "", rank, ...how } };
}
