/** The table of mistakes names tests that are there. */
import assert from "node:assert/strict";

const table = await Deno.readTextFile(new URL("../docs/TESTED_MISTAKES.md", import.meta.url));
const rows = [...table.matchAll(/^\| *(\d*) \|.*\| `(\S+_test\.ts)` \| `(.+)` \|$/gm)];

Deno.test("every test that the table of mistakes names is in its file", async () => {
  const texts = new Map<string, string>();
  const missing: string[] = [];
  for (const [, , file, name] of rows) {
    let text = texts.get(file!);
    if (text === undefined) texts.set(file!, text = await Deno.readTextFile(new URL(`./${file}`, import.meta.url)));
    if (!text.includes(name!)) missing.push(`${file}: ${name}`);
  }
  assert.deepEqual(missing, []);
  // Less the heading and the rule under it: no row escapes by being written otherwise.
  assert.equal(rows.length, table.split("\n").filter((line) => line.startsWith("|")).length - 2);
});

Deno.test("the table has every mistake", () => {
  const told = rows.map(([, number]) => number).filter((number) => number !== "").map(Number);
  assert.deepEqual(told, Array.from({ length: 24 }, (_, i) => i + 1));
});
