import assert from "node:assert/strict";
import { snapshotJsonSchema } from "../../src/presentation/snapshot_schema.ts";

Deno.test("docs/snapshot.schema.json is what the code generates (deno task schema)", async () => {
  const published = await Deno.readTextFile(new URL("../../docs/snapshot.schema.json", import.meta.url));
  assert.equal(published, JSON.stringify(snapshotJsonSchema(), null, 2) + "\n");
});
