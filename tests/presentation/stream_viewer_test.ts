import assert from "node:assert/strict";
import type { RiskSnapshot, SnapshotStatus } from "../../src/domain/risk/snapshot.ts";
import { StreamViewer } from "../../src/presentation/stream_viewer.ts";
import { demoSnapshot } from "../support/demo_snapshot.ts";
import { VirtualClock } from "../support/virtual_clock.ts";

class Written {
  text = "";
  write(bytes: Uint8Array): Promise<number> {
    this.text += new TextDecoder().decode(bytes);
    return Promise.resolve(bytes.length);
  }
}

function at(ms: number, status: SnapshotStatus = "complete"): RiskSnapshot {
  return { ...demoSnapshot(), asOf: new Date(Date.UTC(2026, 10, 20, 15, 30) + ms).toISOString(), status };
}

function viewer(format: "text" | "jsonl"): { written: Written; view: StreamViewer } {
  const written = new Written();
  const text = ({ asOf }: RiskSnapshot) => `${asOf.slice(17, 23)} `;
  const clock = new VirtualClock();
  return { written, view: new StreamViewer({ writer: written, clock, onTaken: () => {}, format, text }) };
}

Deno.test("plain text is one block a second, and one at once when a breach changes", async () => {
  const { written, view } = viewer("text");
  for (const [ms, urgent] of [[0, false], [250, false], [500, true], [750, false], [1500, false]] as const) {
    view.show(at(ms), urgent);
  }
  await view.close();
  assert.equal(written.text, "00.000 00.500 01.500 ");
});

Deno.test("JSON is one line a snapshot, and none while starting", async () => {
  const { written, view } = viewer("jsonl");
  view.show(at(0, "starting"), false);
  view.show(at(250), false);
  view.show(at(500), false);
  await view.close();
  const lines = written.text.trimEnd().split("\n").map((line) => JSON.parse(line).asOf);
  assert.deepEqual(lines, [at(250).asOf, at(500).asOf]);
});

Deno.test("a watch that ends before its first view says how far it came", async () => {
  const { written, view } = viewer("text");
  view.show(at(0, "starting"), false);
  view.show(at(250, "starting"), false);
  await view.close();
  assert.equal(written.text, "00.250 ");
});
