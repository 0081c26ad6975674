import assert from "node:assert/strict";
import { dropUnfinished } from "../../build/coverage.ts";

Deno.test("what a killed process left in half is dropped, so that the rest can be reported", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const files = {
      "whole.json": '{ "url": "a" }',
      "lines.json": "[1]\n",
      "empty.json": "",
      "half.json": '{ "url": "a',
    };
    for (const [name, text] of Object.entries(files)) Deno.writeTextFileSync(`${folder}/${name}`, text);
    Deno.mkdirSync(`${folder}/html`);
    assert.equal(dropUnfinished(folder), 2);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
      "html",
      "lines.json",
      "whole.json",
    ]);
    assert.equal(dropUnfinished(folder), 0);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
