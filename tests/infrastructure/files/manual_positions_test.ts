import assert from "node:assert/strict";
import type { FeedSink } from "../../../src/application/ports/feed.ts";
import type { BookEvent } from "../../../src/domain/event.ts";
import { type Instrument, instrumentKey } from "../../../src/domain/instrument.ts";
import type { FileAccess } from "../../../src/infrastructure/files/file_access.ts";
import { ManualPositions } from "../../../src/infrastructure/files/manual_positions.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

const FILE = "data/positions/manual.yaml";

/** A file that the test writes, the contracts a broker named, and what the source pushed. */
class Bench implements FeedSink {
  readonly clock = new VirtualClock();
  readonly events: BookEvent[] = [];
  readonly logged: string[] = [];
  readonly contracts: Instrument[] = [];
  known: Instrument[] = [];
  base: string | null = "USD";
  #content: string | null = null;
  #version = 0;
  #refusal: Error | null = null;
  readonly source: ManualPositions;

  constructor(content: string | null) {
    this.write(content);
    const access: FileAccess = {
      stamp: () =>
        this.#refusal
          ? Promise.reject(this.#refusal)
          : Promise.resolve(this.#content === null ? null : `${this.#version}`),
      read: (_, limit) => Promise.resolve(new TextEncoder().encode(this.#content ?? "").slice(0, limit + 1)),
    };
    this.source = new ManualPositions({
      file: FILE,
      pollMs: 1_000,
      sink: this,
      clock: this.clock,
      log: { write: (level, category, message) => void this.logged.push(`${level} ${category} ${message}`) },
      access,
      known: {
        revision: () => this.known.length + this.contracts.length,
        candidates: () => [...this.known, ...this.contracts],
      },
      baseCurrency: () => this.base,
    });
  }

  write(content: string | null): void {
    this.#content = content;
    this.#version++;
    this.#refusal = null;
  }
  refuse(error: Error): void {
    this.#refusal = error;
  }

  /** `100 AAPL` for each row of the newest positions; null before any came. */
  get held(): readonly string[] | null {
    const last = this.events.findLast((event) => event.kind === "positions");
    return last?.rows.map((row) => `${row.quantity} ${this.contracts[row.instrument]?.symbol}`) ?? null;
  }
  get link(): string {
    const last = this.events.findLast((event) => event.kind === "link");
    return `${last?.status}: ${last?.detail}`;
  }

  instrument(instrument: Instrument): number {
    const index = this.contracts.findIndex((known) => instrumentKey(known) === instrumentKey(instrument));
    return index >= 0 ? index : this.contracts.push(instrument) - 1;
  }
  push(event: BookEvent): void {
    this.events.push(event);
  }
  tick(): void {}
  brokerTime(): void {}
}

async function started(content: string | null): Promise<Bench> {
  const bench = new Bench(content);
  bench.source.start();
  await bench.clock.advance(0);
  return bench;
}

function positions(...entries: readonly string[]): string {
  return entries.length === 0 ? "positions: []\n" : `positions:\n${entries.map((entry) => `  - ${entry}\n`).join("")}`;
}
const AAPL = "{ symbol: AAPL, quantity: 100, avg_price: 175.50 }";
const TSLA = "{ symbol: TSLA, quantity: -5, account: B }";

Deno.test("the positions of the file are there at once", async () => {
  const bench = await started(positions(AAPL, TSLA));
  assert.deepEqual(bench.held, ["100 AAPL", "-5 TSLA"]);
  assert.equal(bench.link, `up: ${FILE}: 2 positions`);
  const [event] = bench.events;
  assert(event?.kind === "positions");
  assert.deepEqual([event.source, event.accounts], ["MANUAL", ["MANUAL", "B"]]);
  assert.deepEqual(event.rows[0], { account: "MANUAL", instrument: 0, quantity: 100, avgPrice: 175.5 });
  assert.deepEqual(event.rows[1], { account: "B", instrument: 1, quantity: -5, avgPrice: null });
});

Deno.test("a missing file means no manual positions and says so", async () => {
  const bench = await started(null);
  assert.deepEqual(bench.held, []);
  assert.equal(bench.link, `off: there is no ${FILE}: no manual positions`);
});

Deno.test("an edit is taken once two looks find it the same", async () => {
  const bench = await started(positions(AAPL));
  bench.write(positions());
  await bench.clock.advance(1_000);
  bench.write(positions(AAPL, TSLA));
  await bench.clock.advance(250);
  assert.deepEqual(bench.held, ["100 AAPL"], "the half-written file was not taken");
  await bench.clock.advance(250);
  assert.deepEqual(bench.held, ["100 AAPL", "-5 TSLA"]);
});

Deno.test("a faulty edit keeps the last good positions and says which line is wrong", async () => {
  const bench = await started(positions(AAPL));
  bench.write(positions(AAPL, "{ symbol: TSLA, quantity: many }"));
  await bench.clock.advance(2_000);
  assert.deepEqual(bench.held, ["100 AAPL"]);
  assert(bench.link.startsWith(`degraded: ${FILE}:3:31  positions[1].quantity`), bench.link);
  assert(bench.link.endsWith("1 position in use"), bench.link);
  assert(bench.events.some((event) => event.kind === "positions-failed"));
  assert(bench.logged.some((line) => line.startsWith("WARN DATA") && line.includes(":3:31")));
  bench.write(positions(TSLA));
  await bench.clock.advance(2_000);
  assert.deepEqual(bench.held, ["-5 TSLA"]);
  assert.equal(bench.link, `up: ${FILE}: 1 position`);
});

Deno.test("a faulty edit that is taken back confirms the positions at once", async () => {
  const bench = await started(positions(AAPL));
  bench.write("positions: [");
  await bench.clock.advance(2_000);
  bench.write(positions(AAPL));
  await bench.clock.advance(2_000);
  const told = bench.events.filter(({ kind }) => kind === "positions" || kind === "positions-failed");
  assert.deepEqual(told.map(({ kind }) => kind), ["positions", "positions-failed", "positions"]);
});

Deno.test("of many faults three are told and the others counted", async () => {
  const faulty = "{ symbol: TSLA, quantity: many }";
  const bench = await started(positions(faulty, faulty, faulty, faulty));
  assert(bench.link.includes(" | and 1 more fault;"), bench.link);
});

Deno.test("a file faulty from the start gives no positions and is never read as an empty book", async () => {
  const bench = await started("positions: [");
  assert.equal(bench.held, null);
  assert(bench.link.startsWith(`degraded: ${FILE}:`), bench.link);
});

Deno.test("rows taken out of the file go, with the account that nothing names any more", async () => {
  const bench = await started(positions(AAPL, TSLA));
  bench.write(positions(AAPL));
  await bench.clock.advance(2_000);
  const last = bench.events.findLast((event) => event.kind === "positions");
  assert.deepEqual(last?.accounts, ["MANUAL", "B"]);
  assert.deepEqual(bench.held, ["100 AAPL"]);
});

Deno.test("a file that is gone for a moment, as editors do it, keeps its positions", async () => {
  const bench = await started(positions(AAPL));
  bench.write(null);
  await bench.clock.advance(1_000);
  bench.write(positions(AAPL));
  await bench.clock.advance(2_000);
  assert.equal(bench.events.filter((event) => event.kind === "positions").length, 1);
  bench.write(null);
  await bench.clock.advance(2_000);
  assert.deepEqual(bench.held, []);
  assert(bench.link.startsWith("off:"), bench.link);
});

Deno.test("a refused read keeps the positions, names the remedy, and recovers without an edit", async () => {
  const bench = await started(positions(AAPL));
  bench.refuse(new Deno.errors.PermissionDenied("EACCES"));
  await bench.clock.advance(1_000);
  assert.deepEqual(bench.held, ["100 AAPL"]);
  assert(bench.link.startsWith("degraded:") && bench.link.includes("owner and mode"), bench.link);
  bench.write(positions(AAPL));
  await bench.clock.advance(2_000);
  assert.equal(bench.link, `up: ${FILE}: 1 position`);
});

Deno.test("an entry takes the broker's contract as soon as one is known", async () => {
  const bench = await started(positions("{ symbol: AAPL, quantity: 100, currency: USD }"));
  const broker: Instrument = {
    ...bench.contracts[0]!,
    currency: "USD",
    conId: 265598,
    exchange: "NASDAQ",
    underlying: "AAPL.X",
  };
  bench.known.push(broker);
  await bench.clock.advance(1_000);
  const last = bench.events.findLast((event) => event.kind === "positions");
  assert.equal(bench.contracts[last?.rows[0]?.instrument ?? -1]?.conId, 265598);
});

Deno.test("an entry that a broker's contracts make ambiguous keeps its row and degrades the source", async () => {
  const bench = await started(positions("{ symbol: SAP, quantity: 5, currency: EUR }"));
  const own = bench.contracts[0]!;
  bench.known.push({ ...own, underlying: "X", conId: 1, exchange: "IBIS" }, {
    ...own,
    multiplier: 10,
    conId: 2,
    exchange: "NYSE",
  });
  await bench.clock.advance(1_000);
  assert.deepEqual(bench.held, ["5 SAP"]);
  assert(bench.link.startsWith("degraded:") && bench.link.includes("could be 2 contracts"), bench.link);
});

Deno.test("an entry without currency waits for the base currency", async () => {
  const bench = new Bench(positions(AAPL));
  bench.base = null;
  bench.source.start();
  await bench.clock.advance(0);
  assert.deepEqual(bench.held, []);
  assert(bench.link.includes("portfolio.base_currency"), bench.link);
  assert.deepEqual(
    bench.logged.map((line) => line.split(" ")[0]),
    ["INFO"],
    "the accounts are not known yet: no fault",
  );
  bench.base = "EUR";
  await bench.clock.advance(1_000);
  assert.deepEqual(bench.held, ["100 AAPL"]);
  assert.equal(bench.contracts[0]?.currency, "EUR");
});

Deno.test("unchanged positions are confirmed every minute, faulty ones are not", async () => {
  const bench = await started(positions(AAPL));
  await bench.clock.advance(180_000);
  assert.equal(bench.events.filter((event) => event.kind === "positions").length, 4);
  assert.equal(bench.events.filter((event) => event.kind === "link").length, 1);
  bench.write("nonsense");
  await bench.clock.advance(180_000);
  assert.equal(bench.events.filter((event) => event.kind === "positions").length, 4);
});

Deno.test("nothing is pushed and no timer is left after stop()", async () => {
  const bench = await started(positions(AAPL));
  const before = bench.events.length;
  await bench.source.stop();
  bench.write(positions(TSLA));
  await bench.clock.advance(10_000);
  assert.equal(bench.events.length, before);
  assert.equal(bench.clock.pendingTimers, 0);
});
