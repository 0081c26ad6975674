import assert from "node:assert/strict";
import {
  type BreachAnswer,
  type BreachesAnswer,
  type Completions,
  MonitorControl,
  notOpenText,
  type PositionsAnswer,
} from "../../../src/application/control/monitor_control.ts";
import type { MonitorStatus } from "../../../src/application/control/monitor_status.ts";
import { type Method, NO_PARAMS, type Params } from "../../../src/application/control/protocol.ts";
import { RISK_SETTINGS, stock } from "../../support/book_builder.ts";
import { MonitorBuilder, settingsWith } from "../../support/monitor_builder.ts";

const BREACH = "max_total_gross_notional";

/** A live book of AAPL and TSLA whose exposure is beyond a limit of 1,000. */
function desk() {
  const limits = { ...RISK_SETTINGS.limits, maxTotalGrossNotional: 1_000 };
  const built = new MonitorBuilder({
    manual: { ...settingsWith().manual, enabled: false },
    risk: { limits: { ...limits, debounceSeconds: { soft: 0, hard: 0 } } },
  });
  const aapl = built.add(stock("AAPL"));
  const tsla = built.add(stock("TSLA"));
  built.link("up").account()
    .holds([{ of: aapl, quantity: 100, at: 180 }, { of: tsla, quantity: 1, at: 10 }])
    .executions().line(aapl, "live").line(tsla, "live");
  built.quote(aapl, { bid: 186.9, ask: 187.1, last: 187, close: 185 });
  const { monitor, clock } = built;
  const control = new MonitorControl({
    ...{ monitor, clock, operator: "Jo" },
    about: { pid: 4711, version: "0.1.0", startedAt: "2026-11-20T15:30:00.000Z" },
    refusedConnections: () => 2,
  });
  const ask = async <T>(method: Method, params: Partial<Params> = {}) =>
    await control.answer({ id: 1, method, params: { ...NO_PARAMS, ...params } }) as T;
  return { built, monitor, clock, control, ask };
}

Deno.test("before the first turn there is nothing to tell", async () => {
  const { ask } = desk();
  await assert.rejects(ask("status"), { code: "not-yet" });
});

Deno.test("the status says who answers, how old the figures are and what is open", async () => {
  const { monitor, clock, ask } = desk();
  await clock.advance(1_000);
  monitor.turn();
  await clock.advance(300);
  const status = await ask<MonitorStatus>("status");
  assert.deepEqual([status.pid, status.version, status.uptimeMs, status.snapshotAgeMs], [4711, "0.1.0", 1_300, 300]);
  assert.deepEqual([status.accounts, status.positions, status.refusedConnections], [["DU1"], 2, 2]);
  assert.deepEqual(status.openBreaches, { hard: 1, unknown: 0, soft: 0, acknowledged: 0 });
  assert.deepEqual(status.limits.map(({ id, state }) => [id, state]), [[BREACH, "hard"]]);
  assert.ok(status.health.some(({ component, status }) => component === "ibkr" && status === "up"));
});

Deno.test("positions are those of the last snapshot, by account and symbol", async () => {
  const { monitor, ask } = desk();
  const snapshot = monitor.turn();
  const symbols = async (params: Partial<Params>) =>
    (await ask<PositionsAnswer>("positions", params)).positions.map(({ symbol }) => symbol).sort();
  assert.deepEqual(await symbols({}), ["AAPL", "TSLA"]);
  assert.deepEqual(await symbols({ symbol: "tsla" }), ["TSLA"]);
  assert.deepEqual(await symbols({ account: "DU1", symbol: "AAPL" }), ["AAPL"]);
  assert.deepEqual(await symbols({ symbol: "MSFT" }), []);
  await assert.rejects(ask("positions", { account: "DU2" }), { code: "unknown-account", message: /did you mean DU1/ });
  assert.equal(await ask("snapshot"), snapshot);
});

Deno.test("an acknowledgement is answered by the snapshot that has it, as the monitor's operator's", async () => {
  const { monitor, ask, clock } = desk();
  monitor.turn();
  let answer: BreachAnswer | null = null;
  const asked = ask<BreachAnswer>("acknowledge", { breach: BREACH, note: "seen" }).then((given) => answer = given);
  await clock.advance(0);
  assert.equal(answer, null);
  monitor.turn();
  const { breach } = await asked;
  assert.deepEqual([breach?.state, breach?.acknowledgedBy, breach?.note], ["acknowledged", "Jo", "seen"]);
  const list = await ask<BreachesAnswer>("breaches");
  assert.deepEqual(list.breaches.map(({ state }) => state), ["acknowledged"]);

  const takenBack = ask<BreachAnswer>("takeBack", { breach: BREACH });
  await clock.advance(0);
  monitor.turn();
  assert.equal((await takenBack).breach?.state, "open");
  await assert.rejects(ask("takeBack", { breach: BREACH }), { code: "not-open", message: /Nobody has acknowledged/ });
});

Deno.test("what is not open is refused with what is, and nothing is noted", async () => {
  const { built, monitor, ask } = desk();
  monitor.turn();
  const wrong = ask("acknowledge", { breach: "max_total_gross_notinal" });
  await assert.rejects(wrong, { code: "not-open", message: new RegExp(`did you mean ${BREACH}\\? Open: ${BREACH}`) });
  await assert.rejects(ask("acknowledge"), { code: "not-open" });
  monitor.turn();
  assert.deepEqual(built.published.at(-1)?.transitions, []);
});

Deno.test("a refusal names a few of many, and says when none is open", () => {
  const open = ["a", "b", "c", "d", "e", "f", "g"].map((name) => `max_per_underlying_notional:${name}`);
  assert.match(notOpenText("nothing_like_it", open), /^No breach nothing_like_it is open\. Open: .*:e and 2 more$/);
  assert.equal(notOpenText("x", []), "No breach x is open: none is");
});

Deno.test("completions are accounts, symbols and the ids of open breaches", async () => {
  const { monitor, ask } = desk();
  monitor.turn();
  const words = await ask<Completions>("completions");
  assert.deepEqual([words.accounts, [...words.symbols].sort(), words.breaches], [["DU1"], ["AAPL", "TSLA"], [BREACH]]);
});

Deno.test("who waits for a turn when the monitor stops is told so", async () => {
  const { monitor, control, ask } = desk();
  monitor.turn();
  const asked = ask("acknowledge", { breach: BREACH });
  const refused = assert.rejects(asked, { code: "stopping" });
  control.close();
  await refused;
});
