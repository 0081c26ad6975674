/** The demo's book with no configured beta: every name gets one from the history that the gateway serves. */
import assert from "node:assert/strict";
import type { UnderlyingView } from "../../src/domain/risk/snapshot.ts";
import { snapshotSchema } from "../../src/presentation/snapshot_schema.ts";
import { MemoryBetaCache } from "../support/memory_beta_cache.ts";
import { makeWorld, type World } from "../support/world.ts";

const SCENARIO = Deno.readTextFileSync(new URL("../../config/scenarios/demo.yaml", import.meta.url));

async function inWorld(
  betas: ReadonlyMap<string, number>,
  source: "config" | "history" | "both",
  test: (world: World, cache: MemoryBetaCache) => Promise<void>,
): Promise<void> {
  const cache = new MemoryBetaCache();
  const world = await makeWorld({
    scenario: SCENARIO,
    betaCache: cache,
    settings: (settings) => ({
      ...settings,
      risk: { ...settings.risk, beta: { reference: "SPY", betas, source } },
    }),
  });
  try {
    await test(world, cache);
  } finally {
    await world.stop();
  }
}

function names(world: World): Map<string, UnderlyingView> {
  return new Map(world.now().byUnderlying.map((name) => [name.underlying, name]));
}

Deno.test("a book without configured betas gets computed ones within seconds of its first view, and the snapshot says on what they rest", async () => {
  await inWorld(new Map(), "both", async (world, cache) => {
    await world.clock.advance(15_000);
    const first = world.snapshots.findIndex(({ status }) => status !== "starting");
    assert.ok(first >= 0);
    // Nothing was asked before the first view: it shows the default.
    const early = world.snapshots[first]!.byUnderlying.find(({ underlying }) => underlying === "TSLA")!;
    assert.deepEqual([early.beta, early.betaSource, early.betaBasis], [1, "default", null]);

    const now = names(world);
    // correlation × correlation × volatility ratio: TSLA 0.6 × 0.98 × 0.50/0.16 = 1.84, NVDA 1.65, AAPL 0.92;
    // SPX and ES 0.98 × 0.98 = 0.96. Standard errors over 249 days: 0.16, 0.15, 0.08 and 0.02.
    for (const [name, expected, within] of [["TSLA", 1.84, 0.5], ["NVDA", 1.65, 0.45], ["AAPL", 0.92, 0.25]] as const) {
      const { beta, betaSource, betaBasis } = now.get(name)!;
      assert.equal(betaSource, "computed");
      assert.ok(Math.abs(beta - expected) < within, `${name} has a beta of ${beta}`);
      assert.ok(betaBasis!.observations >= 245 && betaBasis!.observations <= 250, `${betaBasis!.observations} returns`);
      assert.deepEqual([betaBasis!.windowDays, betaBasis!.to], [250, "2026-11-19"]);
      assert.ok(betaBasis!.ageMs > 0 && betaBasis!.ageMs < 15_000);
    }
    for (const name of ["SPX", "ES"]) assert.ok(Math.abs(now.get(name)!.beta - 0.96) < 0.1);
    // The reference is 1 by itself; SAP's exchange is not subscribed, so IBKR has no history for it.
    assert.equal(now.get("SPY")!.betaSource, "config");
    const sap = now.get("SAP")!;
    assert.deepEqual([sap.beta, sap.betaSource], [1, "default"]);
    assert.match(sap.betaObstacle ?? "", /^IBKR 162: .*No market data permissions/);
    const flagged = world.now().positions.filter(({ flags }) => flags.includes("BETA_DEFAULT"));
    assert.deepEqual([...new Set(flagged.map(({ underlying }) => underlying))], ["SAP"]);

    const tsla = now.get("TSLA")!;
    const spy = now.get("SPY")!.price!;
    assert.ok(Math.abs(tsla.betaWeightedDelta! - tsla.dollarDelta! * tsla.beta / spy) < 1e-6);
    snapshotSchema.parse(JSON.parse(JSON.stringify(world.now())));
    // A simulated market's betas are not kept.
    assert.equal(cache.writes, 0);
    assert.equal(world.gateway.orderMessagesReceived, 0);
  });
});

Deno.test("configured betas come first, and their names are not asked for; the other way round when history is to win", async () => {
  const betas = new Map([["TSLA", 2.05]]);
  await inWorld(betas, "both", async (world) => {
    await world.clock.advance(15_000);
    assert.deepEqual([names(world).get("TSLA")!.beta, names(world).get("TSLA")!.betaSource], [2.05, "config"]);
    assert.equal(names(world).get("NVDA")!.betaSource, "computed");
  });
  await inWorld(new Map([["TSLA", 2.05], ["SAP", 0.8]]), "history", async (world) => {
    await world.clock.advance(15_000);
    assert.equal(names(world).get("TSLA")!.betaSource, "computed");
    // What cannot be computed falls back on the configuration.
    assert.deepEqual([names(world).get("SAP")!.beta, names(world).get("SAP")!.betaSource], [0.8, "config"]);
  });
  await inWorld(betas, "config", async (world) => {
    await world.clock.advance(15_000);
    assert.deepEqual([names(world).get("NVDA")!.beta, names(world).get("NVDA")!.betaSource], [1, "default"]);
    assert.equal(names(world).get("NVDA")!.betaObstacle, null);
  });
});
