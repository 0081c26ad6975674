import assert from "node:assert/strict";
import { keptFile } from "../../../../src/infrastructure/store/worker/kept_file.ts";

Deno.test("a file is in its place while it is written, and no more once it was deleted, moved or replaced", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/apex.db`;
    await Deno.writeTextFile(file, "one");
    const isInPlace = keptFile(file);
    await Deno.writeTextFile(file, "one and more", { append: true });
    assert.ok(isInPlace());
    await Deno.rename(file, `${file}.aside`);
    assert.ok(!isInPlace(), "moved");
    // The one that was moved still exists, so that the new one is another.
    await Deno.writeTextFile(file, "two");
    assert.ok(!isInPlace(), "replaced");
    assert.ok(keptFile(file)());
    await Deno.remove(file);
    assert.ok(!isInPlace(), "deleted");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
