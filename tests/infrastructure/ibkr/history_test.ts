import assert from "node:assert/strict";
import type { HistoryAnswer } from "../../../src/application/ports/history.ts";
import { HISTORY_TIMEOUT_MS, HOLD_MS } from "../../../src/infrastructure/ibkr/history.ts";
import {
  HistoryRation,
  RATION,
  RATION_WINDOW_MS,
  SAME_REQUEST_MS,
} from "../../../src/infrastructure/ibkr/history_ration.ts";
import { type Desk, onDesk } from "./bench_desk.ts";
import type { ScriptedContract } from "./scripted_gateway.ts";

const HISTORY = "20";
const CANCEL = "25";

const AAPL: ScriptedContract = { conId: 265598, symbol: "AAPL", secType: "STK", exchange: "SMART" };
const SHELL: ScriptedContract = {
  conId: 5001,
  symbol: "SHEL",
  secType: "STK",
  currency: "GBP",
  priceMagnifier: 100,
};
const ES: ScriptedContract = {
  conId: 649180695,
  symbol: "ES",
  secType: "FUT",
  expiry: "20261218",
  multiplier: "50",
  exchange: "CME",
  localSymbol: "ESZ6",
  tradingClass: "ES",
};

interface Trial extends Desk {
  /** Asks for a held contract's history; the answers, as they come. */
  ask(conId: number, days?: number): HistoryAnswer[];
  /** The newest request for history. */
  newest(): { readonly id: number; readonly fields: readonly string[] };
  bars(id: number, ...closes: readonly (readonly [date: string, close: number | string])[]): void;
}

function onTrial(contracts: readonly ScriptedContract[], test: (trial: Trial) => Promise<void>): Promise<void> {
  return onDesk({}, async (desk) => {
    const { gateway, clock, feed, sink } = desk;
    for (const contract of contracts) gateway.hold(contract, 10, 100);
    feed.start();
    await clock.advance(1_000);
    await test({
      ...desk,
      ask(conId, days = 250) {
        const answers: HistoryAnswer[] = [];
        feed.history.closes(sink.indexOf(conId), days, (answer) => answers.push(answer));
        return answers;
      },
      newest() {
        const { fields } = gateway.asked(HISTORY).at(-1)!;
        return { id: Number(fields[1]), fields };
      },
      bars(id, ...closes) {
        const rows = closes.flatMap(([date, close]) => [date, close, close, close, close, 100, close, 5]);
        gateway.send(17, id, "20251120 10:30:45 US/Eastern", "20261120 10:30:45 US/Eastern", closes.length, ...rows);
      },
    });
  });
}

Deno.test("a year of daily bars is asked for by number, in regular hours, up to now", async () => {
  await onTrial([AAPL], async ({ ask, newest, clock }) => {
    ask(265598);
    await clock.advance(10);
    const { fields } = newest();
    // number, contract (12 fields), expired, end, bar, duration, regular hours, what, date format, keep up to date
    assert.equal(fields[2], "265598");
    assert.deepEqual(fields.slice(14, 22), ["0", "", "1 day", "1 Y", "1", "TRADES", "1", "0"]);
    ask(265598, 400);
    await clock.advance(10);
    assert.equal(newest().fields[17], "2 Y");
  });
});

Deno.test("finished days come as closes; today's bar is left out, and so is what is no price", async () => {
  await onTrial([AAPL], async ({ ask, newest, bars, clock }) => {
    const answers = ask(265598);
    await clock.advance(10);
    bars(newest().id, ["20261117", 268], ["20261118", -1], ["20261119", 270.5], ["20261120", 271]);
    await clock.advance(10);
    assert.deepEqual(answers, [{
      kind: "closes",
      closes: [{ date: "2026-11-17", close: 268 }, { date: "2026-11-19", close: 270.5 }],
    }]);
  });
});

Deno.test("two years of a coin that never rests are read whole", async () => {
  await onTrial([AAPL], async ({ ask, newest, bars, clock }) => {
    const answers = ask(265598, 500);
    await clock.advance(10);
    const first = Date.UTC(2024, 10, 20);
    const rows = Array.from({ length: 730 }, (_, day): [string, number] => {
      const date = new Date(first + day * 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");
      return [date, 100 + day];
    });
    bars(newest().id, ...rows);
    await clock.advance(10);
    assert.equal(answers[0]?.kind === "closes" ? answers[0].closes.length : 0, 730);
  });
});

Deno.test("historical prices in pence are divided by the magnifier", async () => {
  await onTrial([SHELL], async ({ ask, newest, bars, clock }) => {
    const answers = ask(5001);
    await clock.advance(10);
    bars(newest().id, ["20261119", 2612.5]);
    await clock.advance(10);
    assert.deepEqual(answers, [{ kind: "closes", closes: [{ date: "2026-11-19", close: 26.125 }] }]);
  });
});

Deno.test("a future is asked for as its continuous series, then by its own number when there is none", async () => {
  await onTrial([ES], async ({ ask, newest, bars, gateway, clock }) => {
    const answers = ask(649180695);
    await clock.advance(10);
    const first = newest();
    assert.deepEqual(first.fields.slice(2, 12), ["", "ES", "CONTFUT", "", "", "", "50", "CME", "", "USD"]);
    gateway.notice(200, "No security definition has been found for the request", first.id);
    await clock.advance(10);
    const second = newest();
    assert.equal(second.fields[2], "649180695");
    bars(second.id, ["20261119", 6600.5]);
    await clock.advance(10);
    assert.equal(answers[0]?.kind, "closes");
  });
});

for (
  const [code, text, retries] of [
    [162, "Historical Market Data Service error message:No market data permissions for NYSE STK", true],
    [200, "No security definition has been found for the request", false],
    [354, "Requested market data is not subscribed.", true],
  ] as const
) {
  Deno.test(`${code} is a refusal in IBKR's words, never a price`, async () => {
    await onTrial([AAPL], async ({ ask, newest, gateway, clock }) => {
      const answers = ask(265598);
      await clock.advance(10);
      gateway.notice(code, text, newest().id);
      await clock.advance(10);
      const [answer] = answers;
      assert.equal(answer?.kind, "refused");
      if (answer?.kind !== "refused") return;
      assert.match(answer.reason, new RegExp(`^IBKR ${code}: `));
      assert.equal(answer.retryMs !== null, retries);
      await clock.advance(600_000);
      assert.equal(gateway.asked(HISTORY).length, 1);
    });
  });
}

Deno.test("165 is only said; the answer still counts", async () => {
  await onTrial([AAPL], async ({ ask, newest, bars, gateway, clock }) => {
    const answers = ask(265598);
    await clock.advance(10);
    gateway.notice(165, "Historical market Data Service query message", newest().id);
    await clock.advance(10);
    assert.equal(answers.length, 0);
    bars(newest().id, ["20261119", 270]);
    await clock.advance(10);
    assert.equal(answers[0]?.kind, "closes");
  });
});

Deno.test("an answer without bars is a refusal", async () => {
  await onTrial([AAPL], async ({ ask, newest, bars, clock }) => {
    const answers = ask(265598);
    await clock.advance(10);
    bars(newest().id);
    await clock.advance(10);
    assert.deepEqual(answers, [{ kind: "refused", reason: "IBKR has no daily history of it", retryMs: null }]);
  });
});

for (const code of [162, 420]) {
  Deno.test(`a pacing violation (${code}) holds all history for a minute and is asked again`, async () => {
    await onTrial([AAPL, SHELL], async ({ ask, newest, bars, gateway, clock }) => {
      const answers = ask(265598);
      await clock.advance(10);
      gateway.notice(code, "Historical data request pacing violation", newest().id);
      await clock.advance(10);
      ask(5001);
      await clock.advance(HOLD_MS - 1_000);
      assert.equal(gateway.asked(HISTORY).length, 1);
      await clock.advance(1_100);
      assert.deepEqual(gateway.asked(HISTORY).map(({ fields }) => fields[2]), ["265598", "265598", "5001"]);
      bars(newest().id - 1, ["20261119", 270]);
      await clock.advance(10);
      assert.equal(answers[0]?.kind, "closes");
    });
  });
}

Deno.test("a request without an answer is cancelled and asked again, three times in all", async () => {
  await onTrial([AAPL], async ({ ask, gateway, clock }) => {
    const answers = ask(265598);
    await clock.advance(3 * HISTORY_TIMEOUT_MS + 1_000);
    const asked = gateway.asked(HISTORY).map(({ fields }) => fields[1]);
    assert.equal(asked.length, 3);
    assert.deepEqual(gateway.asked(CANCEL).map(({ fields }) => fields.at(-1)), asked);
    assert.deepEqual(answers, [{
      kind: "refused",
      reason: "IBKR did not answer within 60 s",
      retryMs: 600_000,
    }]);
  });
});

Deno.test("what was asked for survives a lost connection, and is not repeated within 15 s", async () => {
  await onTrial([AAPL], async ({ ask, newest, bars, gateway, clock }) => {
    const answers = ask(265598);
    await clock.advance(10);
    gateway.drop();
    await clock.advance(SAME_REQUEST_MS + 5_000);
    const times = gateway.asked(HISTORY).map(({ at }) => at);
    assert.equal(times.length, 2);
    assert.ok(times[1]! - times[0]! >= 15_000, `${times[1]! - times[0]!} ms apart`);
    bars(newest().id, ["20261119", 270]);
    await clock.advance(10);
    assert.equal(answers[0]?.kind, "closes");
  });
});

Deno.test("a burst for seventy names stays within 60 requests in any ten minutes", async () => {
  const contracts = Array.from({ length: 70 }, (_, i): ScriptedContract => ({
    conId: 1_000 + i,
    symbol: `N${i}`,
    secType: "STK",
  }));
  await onTrial(contracts, async ({ ask, bars, gateway, clock }) => {
    await clock.advance(10_000);
    gateway.script = (fields) => {
      if (fields[0] !== HISTORY) return false;
      bars(Number(fields[1]), ["20261119", 10]);
      return true;
    };
    const answers = contracts.map(({ conId }) => ask(conId));
    await clock.advance(10_000);
    assert.equal(answers.filter((each) => each.length === 1).length, RATION);
    await clock.advance(RATION_WINDOW_MS);
    assert.equal(answers.filter((each) => each.length === 1).length, 70);
    const times = gateway.asked(HISTORY).map(({ at }) => at);
    for (let i = RATION; i < times.length; i++) assert.ok(times[i]! - times[i - RATION]! > 600_000);
  });
});

Deno.test("a contract that IBKR never named is refused at once", async () => {
  await onTrial([AAPL], async ({ feed, sink }) => {
    const index = sink.instrument({ ...sink.registry.at(sink.indexOf(265598)), symbol: "XYZ", conId: null });
    const answers: HistoryAnswer[] = [];
    feed.history.closes(index, 250, (answer) => answers.push(answer));
    assert.equal(answers[0]?.kind, "refused");
    await Promise.resolve();
  });
});

Deno.test("the ration lets a request wait for its own twin, for the sixty of ten minutes, and for IBKR's patience", () => {
  const ration = new HistoryRation();
  ration.count("a", 0);
  assert.equal(ration.waitMs("a", 1_000), SAME_REQUEST_MS - 1_000);
  assert.equal(ration.waitMs("b", 1_000), 0);
  for (let i = 1; i < RATION; i++) ration.count(`${i}`, i * 1_000);
  assert.equal(ration.waitMs("b", 60_000), RATION_WINDOW_MS - 60_000);
  assert.equal(ration.waitMs("b", RATION_WINDOW_MS), 0);
  ration.hold(5_000, RATION_WINDOW_MS);
  assert.equal(ration.waitMs("b", RATION_WINDOW_MS), 5_000);
});
