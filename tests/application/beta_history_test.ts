import assert from "node:assert/strict";
import { BetaHistory } from "../../src/application/beta_history.ts";
import type { DailyHistory, HistoryAnswer } from "../../src/application/ports/history.ts";
import type { BookEvent, InstrumentIndex } from "../../src/domain/event.ts";
import { InstrumentRegistry } from "../../src/domain/instrument_registry.ts";
import type { BetaEstimate, DailyClose } from "../../src/domain/risk/beta.ts";
import type { RiskSnapshot } from "../../src/domain/risk/snapshot.ts";
import type { BetaSettings } from "../../src/domain/settings.ts";
import { stock } from "../support/book_builder.ts";
import { demoSnapshot } from "../support/demo_snapshot.ts";
import { MemoryBetaCache } from "../support/memory_beta_cache.ts";
import { VirtualClock } from "../support/virtual_clock.ts";
import { MemoryLog } from "../support/world.ts";

const HOUR = 3_600_000;
const RULES = { windowDays: 250, minObservations: 3, maxAgeMs: 24 * HOUR, cacheFile: "unused" };
type BetaEvent = Extract<BookEvent, { kind: "beta" }>;

/** Closes with returns of so many times 1 %, −2 %, 3 %, 0 %. */
function closes(times: number): DailyClose[] {
  let close = 100;
  return [0, 0.01, -0.02, 0.03, 0].map((move, day) => {
    close *= 1 + move * times;
    return { date: `2026-11-1${day}`, close };
  });
}

class Desk {
  readonly clock = new VirtualClock();
  readonly log = new MemoryLog();
  readonly registry = new InstrumentRegistry();
  readonly asked: string[] = [];
  readonly pushed: BetaEvent[] = [];
  answers: Readonly<Record<string, HistoryAnswer>> = {};
  /** Holds answers back until it is called. */
  readonly #held: (() => void)[] = [];
  hold = false;
  readonly betas: BetaHistory;

  constructor(readonly cache = new MemoryBetaCache(), beta: Partial<BetaSettings> = {}) {
    const history: DailyHistory = { closes: (instrument, _days, answer) => this.#answer(instrument, answer) };
    for (const symbol of ["SPY", "AAPL", "TSLA"]) this.registry.add(stock(symbol));
    this.betas = new BetaHistory({
      beta: { reference: "SPY", betas: new Map(), source: "both", ...beta },
      rules: RULES,
      registry: this.registry,
      history,
      cache,
      clock: this.clock,
      log: this.log,
      push: (event) => {
        if (event.kind === "beta") this.pushed.push(event);
      },
    });
  }

  async look(names: readonly string[], fields: Partial<RiskSnapshot> = {}): Promise<void> {
    await Promise.resolve();
    const [template] = demoSnapshot().byUnderlying;
    const byUnderlying = names.map((underlying) => ({ ...template!, underlying }));
    this.betas.consider({ ...demoSnapshot(), status: "complete", simulated: false, byUnderlying, ...fields });
    await this.clock.advance(1_000);
  }

  release(): void {
    this.hold = false;
    for (const answer of this.#held.splice(0)) answer();
  }

  #answer(instrument: InstrumentIndex, answer: (answer: HistoryAnswer) => void): void {
    const { symbol } = this.registry.at(instrument);
    this.asked.push(symbol);
    const give = () => answer(this.answers[symbol] ?? { kind: "closes", closes: closes(symbol === "SPY" ? 1 : 2) });
    if (this.hold) this.#held.push(give);
    else give();
  }
}

function estimate(fields: Partial<BetaEstimate> = {}): BetaEstimate {
  const rest = { reference: "SPY", windowDays: 250, observations: 240, from: "2025-11-19", to: "2026-11-19" };
  return { beta: 1.3, ...rest, computedAt: new VirtualClock().now() - HOUR, ...fields };
}

Deno.test("the reference is asked for first and once, then each name once", async () => {
  const desk = new Desk();
  await desk.look(["AAPL", "SPY", "TSLA"]);
  await desk.look(["AAPL", "SPY", "TSLA"]);
  assert.deepEqual(desk.asked, ["SPY", "AAPL", "TSLA"]);
  const [first] = desk.pushed;
  assert.deepEqual([first!.underlying, first!.estimate!.observations], ["AAPL", 4]);
  assert.ok(Math.abs(first!.estimate!.beta - 2) < 1e-9);
});

Deno.test("nothing is asked for while the first view is not complete", async () => {
  const desk = new Desk();
  await desk.look(["AAPL"], { status: "starting" });
  assert.deepEqual(desk.asked, []);
});

Deno.test("nothing is asked for while a restored book waits for its broker; for a file that cannot be read nothing waits", async () => {
  const desk = new Desk();
  const restoredFrom = "2026-11-19T20:58:00.000Z";
  await desk.look(["AAPL"], { status: "stale", restoredFrom });
  assert.deepEqual(desk.asked, []);
  await desk.look(["AAPL"], { status: "degraded", restoredFrom });
  assert.deepEqual(desk.asked, ["SPY", "AAPL"]);
});

Deno.test("a name that is under way is not asked for again", async () => {
  const desk = new Desk();
  desk.hold = true;
  await desk.look(["AAPL"]);
  await desk.look(["AAPL"]);
  assert.deepEqual(desk.asked, ["SPY"]);
  desk.release();
  assert.deepEqual(desk.asked, ["SPY", "AAPL"]);
});

Deno.test("what was kept is used at once, also before the first view, and costs no request until it is too old", async () => {
  const desk = new Desk(new MemoryBetaCache(new Map([["AAPL", estimate()]])));
  await desk.look(["AAPL"], { status: "starting" });
  assert.equal(desk.pushed[0]!.estimate!.beta, 1.3);
  await desk.look(["AAPL"]);
  assert.deepEqual(desk.asked, []);
  // It was an hour old at the start.
  await desk.clock.advance(23 * HOUR);
  await desk.look(["AAPL"]);
  assert.deepEqual(desk.asked, ["SPY", "AAPL"]);
});

for (
  const [why, kept] of [
    ["of another reference", estimate({ reference: "QQQ" })],
    ["of another window", estimate({ windowDays: 60 })],
    ["on too few returns", estimate({ observations: 2 })],
    ["more than a month old", estimate({ computedAt: new VirtualClock().now() - 31 * 24 * HOUR })],
    ["from the future", estimate({ computedAt: new VirtualClock().now() + HOUR })],
  ] as const
) {
  Deno.test(`a kept beta ${why} is not taken`, async () => {
    const desk = new Desk(new MemoryBetaCache(new Map([["AAPL", kept]])));
    await desk.look(["AAPL"], { status: "starting" });
    assert.deepEqual(desk.pushed, []);
  });
}

Deno.test("a simulated market neither takes nor leaves kept betas", async () => {
  const desk = new Desk(new MemoryBetaCache(new Map([["AAPL", estimate()]])));
  await desk.look(["AAPL"], { simulated: true });
  await desk.clock.advance(60_000);
  await desk.betas.stop();
  assert.ok(Math.abs(desk.pushed[0]!.estimate!.beta - 2) < 1e-9);
  assert.equal(desk.cache.writes, 0);
});

Deno.test("computed betas are kept with those of names that are not held now, in one writing", async () => {
  const desk = new Desk(new MemoryBetaCache(new Map([["MSFT", estimate()]])));
  await desk.look(["AAPL", "TSLA"]);
  await desk.clock.advance(10_000);
  assert.equal(desk.cache.writes, 1);
  assert.deepEqual([...desk.cache.kept.keys()].sort(), ["AAPL", "MSFT", "TSLA"]);
});

Deno.test("stopping keeps what was computed a moment ago", async () => {
  const desk = new Desk();
  await desk.look(["AAPL"]);
  await desk.betas.stop();
  assert.deepEqual([...desk.cache.kept.keys()], ["AAPL"]);
});

Deno.test("a refusal is said of the name, once, and tried again when IBKR's answer may have changed", async () => {
  const desk = new Desk();
  desk.answers = { AAPL: { kind: "refused", reason: "IBKR 162: no permission", retryMs: HOUR } };
  await desk.look(["AAPL"]);
  assert.deepEqual(desk.pushed, [
    { kind: "beta", underlying: "AAPL", estimate: null, obstacle: "IBKR 162: no permission" },
  ]);
  await desk.clock.advance(HOUR / 2);
  await desk.look(["AAPL"]);
  assert.deepEqual(desk.asked, ["SPY", "AAPL"]);
  await desk.clock.advance(HOUR);
  await desk.look(["AAPL"]);
  assert.deepEqual(desk.asked, ["SPY", "AAPL", "AAPL"]);
  assert.equal(desk.log.lines.filter(({ message }) => message.includes("AAPL")).length, 1);
});

Deno.test("without the reference's history every name says so and none is asked for", async () => {
  const desk = new Desk();
  desk.answers = { SPY: { kind: "refused", reason: "IBKR 162: no permission", retryMs: HOUR } };
  await desk.look(["AAPL", "TSLA"]);
  await desk.look(["AAPL", "TSLA"]);
  assert.deepEqual(desk.asked, ["SPY"]);
  assert.deepEqual(desk.pushed.map(({ underlying, obstacle }) => [underlying, obstacle]), [
    ["AAPL", "no history of the reference SPY: IBKR 162: no permission"],
    ["TSLA", "no history of the reference SPY: IBKR 162: no permission"],
  ]);
});

Deno.test("too short a history is said, not guessed", async () => {
  const desk = new Desk();
  desk.answers = { AAPL: { kind: "closes", closes: closes(2).slice(0, 3) } };
  await desk.look(["AAPL"]);
  assert.deepEqual(desk.pushed[0], {
    kind: "beta",
    underlying: "AAPL",
    estimate: null,
    obstacle: "2 common daily returns, at least 3 are needed",
  });
});

Deno.test("currency pairs and configured names are left alone", async () => {
  const desk = new Desk(undefined, { betas: new Map([["TSLA", 2]]) });
  desk.registry.add({ ...stock("EUR.USD"), assetType: "FOREX" });
  await desk.look(["EUR.USD", "TSLA"]);
  assert.deepEqual(desk.asked, []);
});

Deno.test("a name with an index and a future moves as the future does", async () => {
  const desk = new Desk();
  desk.registry.add({ ...stock("VIX"), assetType: "INDEX" });
  desk.registry.add({ ...stock("VIX future"), underlying: "VIX", assetType: "FUTURE", expiry: "2026-12-16" });
  await desk.look(["VIX"]);
  assert.deepEqual(desk.asked, ["SPY", "VIX future"]);
});
