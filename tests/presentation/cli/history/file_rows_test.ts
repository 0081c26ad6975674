import assert from "node:assert/strict";
import type { Cell, Column } from "../../../../src/presentation/cli/history/column.ts";
import { fileRows } from "../../../../src/presentation/cli/history/file_rows.ts";
import fc from "../../../support/property.ts";

interface Row {
  readonly name: Cell;
  readonly amount: Cell;
}

const COLUMNS: Column<Row>[] = [
  { key: "name", value: (row) => row.name },
  { key: "amount", value: (row) => row.amount },
];

Deno.test("CSV quotes commas, quotes and line ends, and ends its lines as RFC 4180 has it", async () => {
  const rows = [{ name: 'say "no", twice\r\nor once', amount: 1.5 }, { name: "plain", amount: null }];
  assert.equal(await textOf("csv", [rows]), 'name,amount\r\n"say ""no"", twice\r\nor once",1.5\r\nplain,\r\n');
});

Deno.test("numbers in CSV have digits and a point alone, and are the same number again", async () => {
  const written = async (amount: number) => (await textOf("csv", [[{ name: "", amount }]])).split(",").at(-1)!.trim();
  assert.equal(await written(1e-7), "0.0000001");
  assert.equal(await written(-2.5e21), "-2500000000000000000000");
  assert.equal(await written(1_234_567.89), "1234567.89");
  await fc.assert(fc.asyncProperty(fc.double({ min: -1e15, max: 1e15, noNaN: true }), async (amount) => {
    const text = await written(amount);
    assert.match(text, /^-?\d+(\.\d+)?$/);
    assert.ok(Math.abs(Number(text) - amount) <= 1e-20);
  }));
});

Deno.test("JSON is one list over all pages, an object a line", async () => {
  const pages = [[{ name: "a", amount: 1 }], [], [{ name: "b", amount: null }]];
  const text = await textOf("json", pages);
  assert.equal(text, '[\n  {"name":"a","amount":1},\n  {"name":"b","amount":null}\n]\n');
});

Deno.test("a page is written in pieces, and the next is not asked for before", async () => {
  let asked = 0;
  async function* pages(): AsyncIterable<readonly Row[]> {
    for (; asked < 3; asked++) yield Array.from({ length: 1_200 }, () => ({ name: "x", amount: asked }));
  }
  const pieces = [];
  for await (const piece of fileRows(COLUMNS, pages(), "csv")) {
    pieces.push(piece);
    if (pieces.length === 3) break;
  }
  // The heading, then 500 and 500 of the first page's 1,200 rows.
  assert.deepEqual(pieces.map((piece) => piece.trim().split("\r\n").length), [1, 500, 500]);
  assert.equal(asked, 0);
});

async function textOf(output: "csv" | "json", pages: readonly (readonly Row[])[]): Promise<string> {
  let text = "";
  for await (const part of fileRows(COLUMNS, pages, output)) text += part;
  return text;
}
