import assert from "node:assert/strict";
import { NotAPlainFile, readBounded } from "../../../src/infrastructure/files/bounded_read.ts";
import { diskAccess } from "../../../src/infrastructure/files/file_access.ts";
import { readRefusal } from "../../../src/infrastructure/files/refusal.ts";

Deno.test("readBounded() gives one byte more than the limit, so that too large is seen", () => {
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(path, "0123456789");
    assert.equal(readBounded(path, 4).length, 5);
    assert.equal(new TextDecoder().decode(readBounded(path, 100)), "0123456789");
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("readBounded() refuses what is no plain file", () => {
  assert.throws(() => readBounded("/dev/zero", 10), NotAPlainFile);
  const folder = Deno.makeTempDirSync();
  try {
    assert.throws(() => readBounded(folder, 10), NotAPlainFile);
  } finally {
    Deno.removeSync(folder);
  }
});

Deno.test("diskAccess tells a changed file from the same one, and a missing one", async () => {
  const path = Deno.makeTempFileSync();
  const first = await diskAccess.stamp(path);
  Deno.writeTextFileSync(path, "longer");
  assert.notEqual(await diskAccess.stamp(path), first);
  assert.equal(new TextDecoder().decode(await diskAccess.read(path, 100)), "longer");
  Deno.removeSync(path);
  assert.equal(await diskAccess.stamp(path), null);
});

Deno.test("readRefusal() gives a sentence for each way of being refused", () => {
  assert.match(readRefusal(new Deno.errors.NotCapable("x")), /config\/ and data\//);
  assert.match(readRefusal(new Deno.errors.PermissionDenied("x")), /owner and mode/);
  assert.match(readRefusal(new Deno.errors.NotFound("x")), /no such file/);
  assert.match(readRefusal(new NotAPlainFile("it is not a plain file: name a text file")), /plain file/);
});
