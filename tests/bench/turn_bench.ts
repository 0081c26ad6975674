/** What a turn costs, against the budgets: median ≤ 1, ≤ 15 and ≤ 150 ms at 500, 10,000 and 100,000 positions. */
import { QuoteField } from "../../src/domain/event.ts";
import { Portfolio } from "../../src/domain/portfolio.ts";
import { BenchBook, benchRows } from "../support/bench_book.ts";

const SIZES = [[500, "1 ms"], [10_000, "15 ms"], [100_000, "150 ms"]] as const;

for (const [positions, budget] of SIZES) {
  const rows = benchRows(positions);
  const name = `full turn, every quote changed, ${positions.toLocaleString("en-US")} positions (median ≤ ${budget})`;
  if (rows === null) {
    console.warn(`SKIPPED ${name}: the books of ../shared/bench cannot be read`);
    continue;
  }
  let book: BenchBook | null = null;
  // The table above tells averages; the budgets are medians.
  const times: number[] = [];
  addEventListener("unload", () => {
    if (times.length > 0) console.log(`${name}: median ${median(times).toFixed(2)} ms of ${times.length}`);
  });
  Deno.bench({
    name,
    group: "turn",
    // The largest book takes a second to set up; a handful of turns tells its median.
    n: positions === 100_000 ? 20 : positions === 10_000 ? 100 : 1_000,
    warmup: positions === 100_000 ? 3 : 10,
    fn: async (bench) => {
      book ??= new BenchBook(rows);
      await book.clock.advance(250);
      book.quoteAll();
      bench.start();
      const began = performance.now();
      book.monitor.turn();
      times.push(performance.now() - began);
      bench.end();
    },
  });
}

const book = benchRows(500);
if (book !== null) {
  const { monitor, lines, clock } = new BenchBook(book);
  const at = clock.now();
  let value = 1;
  Deno.bench({
    name: "1,000 ticks into the inbox's columns (≤ 1 ms: 1 µs a tick)",
    group: "ticks",
    fn: () => {
      for (let i = 0; i < 1_000; i++) monitor.inbox.tick(lines[i % lines.length]!, QuoteField.bid, ++value, at);
    },
  });
  const portfolio = new Portfolio();
  for (let i = 0; i < lines.length; i++) portfolio.tick(lines[i]!, QuoteField.bid, 1, at);
  Deno.bench({
    name: "1,000 ticks from the inbox into the book's columns",
    group: "ticks",
    fn: () => {
      for (let i = 0; i < 1_000; i++) portfolio.tick(lines[i % lines.length]!, QuoteField.bid, ++value, at);
    },
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
