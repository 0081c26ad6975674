/** What a start from history costs: a stored book of 10,000 positions put into a monitor (budget: ≤ 200 ms). */
import { Monitor } from "../../src/application/monitor.ts";
import type { WarmStart } from "../../src/application/warm_start.ts";
import { FRIDAY_MIDNIGHT, FRIDAY_MORNING, option } from "../support/book_builder.ts";
import { settingsWith } from "../support/monitor_builder.ts";
import { account, position } from "../support/stored_history.ts";
import { VirtualClock } from "../support/virtual_clock.ts";

const SIZE = 10_000;
/** Contracts of one name. */
const STRIKES = 20;

function storedBook(takenAt: number): WarmStart["books"][number] {
  const positions = Array.from({ length: SIZE }, (_, i) => {
    const words = `N${Math.floor(i / STRIKES)} 2026-12-18 ${100 + Math.floor(i % STRIKES / 2)} ${
      i % 2 === 0 ? "C" : "P"
    }`;
    return position({ instrument: option(words, { conId: i + 1 }), quantity: i % 7 + 1 });
  });
  return { account: "DU1", source: "IB", takenAt, positions };
}

const takenAt = FRIDAY_MORNING - 60_000;
const warm: WarmStart = {
  books: [storedBook(takenAt)],
  accounts: [account({ takenAt })],
  breaches: [],
  peaks: new Map(),
  signals: [],
  openings: [{ sessionStart: FRIDAY_MIDNIGHT, book: storedBook(FRIDAY_MIDNIGHT) }],
  note: "",
};
const settings = settingsWith();

Deno.bench({
  name: "10,000 positions restored, and the book of the session's start (≤ 200 ms)",
  n: 10,
  warmup: 2,
  fn(bench) {
    const clock = new VirtualClock(FRIDAY_MORNING);
    const monitor = new Monitor(settings, { clock, log: { write() {} }, prioritise() {}, clockShifted: false });
    bench.start();
    monitor.restore(warm);
    bench.end();
  },
});
