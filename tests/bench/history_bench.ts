/** What recording costs a turn: nothing due (≤ 0.2 ms at 10,000 positions), and everything due. */
import { HistoryRecorder } from "../../src/application/history_recorder.ts";
import type { Published } from "../../src/application/monitor.ts";
import type { Monitor } from "../../src/application/monitor.ts";
import { BenchBook, benchRows } from "../support/bench_book.ts";
import { settingsWith } from "../support/monitor_builder.ts";

const SNAPSHOTS = { captureOnShutdown: true, retentionDays: 30 };

/** A recorder that hears only what it is told, so that its share can be measured. */
function recording(rows: NonNullable<ReturnType<typeof benchRows>>, intervalSec: number) {
  const book = new BenchBook(rows);
  const { monitor, clock } = book;
  let observe: (published: Published) => void = () => {};
  let move: (now: number) => void = () => {};
  let published: Published | null = null;
  monitor.subscribe((each) => published = each);
  const heard: Pick<Monitor, "portfolio" | "subscribe" | "onEvent" | "onMove" | "signalMemory" | "last"> = {
    portfolio: monitor.portfolio,
    get last() {
      return monitor.last;
    },
    subscribe(listener) {
      observe = listener;
      return () => {};
    },
    onMove(listener) {
      move = listener;
      return () => {};
    },
    onEvent: (listener) => monitor.onEvent(listener),
    signalMemory: () => monitor.signalMemory(),
  };
  const seconds = { positionIntervalSec: intervalSec, accountIntervalSec: intervalSec, riskIntervalSec: 1e6 };
  const recorder = new HistoryRecorder({
    monitor: heard,
    settings: { ...settingsWith(), snapshots: { ...SNAPSHOTS, ...seconds } },
    clock,
    sink: { record() {}, claim() {}, stop() {} },
    log: { write() {} },
  });
  recorder.start();
  return {
    async turn(): Promise<Published> {
      await clock.advance(1_000);
      book.quoteAll();
      monitor.turn();
      return published!;
    },
    record(each: Published): void {
      move(clock.now());
      observe(each);
    },
  };
}

for (
  const [positions, intervalSec, what, budget] of [
    [10_000, 1e6, "nothing due", "0.2 ms"],
    [500, 1e6, "nothing due", "0.05 ms"],
    [500, 1, "books, accounts and results due", "5 ms"],
    [10_000, 1, "books, accounts and results due", "100 ms"],
  ] as const
) {
  const rows = benchRows(positions);
  const name = `recording a turn, ${positions.toLocaleString("en-US")} positions, ${what} (≤ ${budget})`;
  if (rows === null) {
    console.warn(`SKIPPED ${name}: the books of ../shared/bench cannot be read`);
    continue;
  }
  let recorded: ReturnType<typeof recording> | null = null;
  Deno.bench({
    name,
    group: "recording",
    n: positions === 500 ? 200 : 50,
    warmup: 10,
    fn: async (bench) => {
      recorded ??= recording(rows, intervalSec);
      const published = await recorded.turn();
      bench.start();
      recorded.record(published);
      bench.end();
    },
  });
}
