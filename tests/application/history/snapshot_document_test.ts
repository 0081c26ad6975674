import assert from "node:assert/strict";
import { jsonPieces, snapshotDocument } from "../../../src/application/history/snapshot_document.ts";
import type { RiskSnapshot } from "../../../src/domain/risk/snapshot.ts";
import fc from "../../support/property.ts";
import { RecordedDesk } from "../../support/recorded_desk.ts";

Deno.test("a document's pieces make what JSON.stringify makes, of whatever plain data", () => {
  const members = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom(null, true, undefined),
      fc.double(),
      fc.string(),
      fc.array(tie("value"), { maxLength: 5 }),
      fc.dictionary(fc.oneof(fc.constant("book"), fc.string()), tie("value"), { maxKeys: 5 }),
    ),
  })).value;
  fc.assert(fc.property(fc.dictionary(fc.string(), members), fc.integer({ min: 0, max: 250 }), (data, rows) => {
    const value = { ...data, rows: Array.from({ length: rows }, (_, row) => ({ row, data })) };
    assert.equal([...jsonPieces(value)].join(""), JSON.stringify(value));
  }));
});

async function published(): Promise<{ snapshot: RiskSnapshot; desk: RecordedDesk }> {
  const desk = await RecordedDesk.at("2026-11-23T15:00:00Z");
  const held = Array.from({ length: 120 }, (_, place) => desk.stock(`S${place}`));
  desk.holds(...held.map((of) => ({ of, quantity: 10 }))).executionsComplete();
  desk.book.monitor.showAccount("DU1");
  return { snapshot: desk.turn(), desk };
}

Deno.test("a snapshot's document is the snapshot's JSON, the account on screen included", async () => {
  const { snapshot, desk } = await published();
  assert.ok(snapshot.accounts.some(({ book }) => book !== undefined && book.byUnderlying.length > 100));
  const written = snapshotDocument(snapshot, desk.book.clock);
  await desk.book.clock.advance(100);
  assert.equal(await written, JSON.stringify(snapshot));
});

Deno.test("a large snapshot is written with rests in between, when turns can come", async () => {
  const { snapshot, desk: { book: { clock } } } = await published();
  const large = { ...snapshot, positions: Array.from({ length: 50 }, () => snapshot.positions).flat() };
  let rests = 0;
  const resting = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after(ms: number, call: () => void) {
      rests++;
      return clock.after(ms, call);
    },
  };
  const written = snapshotDocument(large, resting);
  await clock.advance(100);
  const document = await written;
  assert.equal(document, JSON.stringify(large));
  // Six thousand rows of about a thousand characters: a rest for each hundred of them.
  assert.ok(rests > document.length / 300_000 && rests < document.length / 90_000, `${rests} rests`);
});
