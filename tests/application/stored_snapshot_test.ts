import assert from "node:assert/strict";
import { riskRecords } from "../../src/application/history/recorded_risk.ts";
import type { RiskRecord } from "../../src/application/ports/store_records.ts";
import { lastStoredSnapshot } from "../../src/application/stored_snapshot.ts";
import { snapshotSchema } from "../../src/presentation/snapshot_schema.ts";
import { demoSnapshot } from "../support/demo_snapshot.ts";

const parse = (document: unknown) => snapshotSchema.safeParse(document).data ?? null;

function stored(records: readonly RiskRecord[]) {
  return lastStoredSnapshot({ description: "SQLite data/apex.db", lastRisk: () => Promise.resolve(records) }, parse);
}

Deno.test("the book's newest document is the snapshot, the accounts' rows have none", async () => {
  const snapshot = demoSnapshot();
  const records = riskRecords(snapshot, JSON.stringify(snapshot));
  assert.deepEqual(await stored(records.toReversed()), snapshot);
});

Deno.test("a store without a snapshot says what writes them", async () => {
  await assert.rejects(stored([]), /SQLite data\/apex\.db has no risk snapshot yet; apex watch writes them/);
});

Deno.test("a document that is not this version's is not guessed at", async () => {
  const snapshot = demoSnapshot();
  for (const document of ["{}", "not JSON", JSON.stringify({ ...snapshot, positions: undefined })]) {
    await assert.rejects(stored(riskRecords(snapshot, document)), {
      kind: "outdated",
      message: /another version of APEX/,
    });
  }
});
