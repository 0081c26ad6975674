/**
 * Each fault once over real TCP and by the real clock, all at the same time: what the virtual clock may hide (scheduling,
 * partial reads, the system's refusals) shows here. Takes about half a minute; `deno task drill`.
 */
import assert from "node:assert/strict";
import { tcpNetwork } from "../../src/infrastructure/net/tcp.ts";
import { systemClock } from "../../src/infrastructure/system_clock.ts";
import { differences, type Drill, DRILLS } from "../support/drills.ts";
import { assemble, type Assembly } from "../support/world.ts";

const scenario = await Deno.readTextFile(new URL("../scenarios/drill_book.yaml", import.meta.url));
const FIRST_VIEW_MS = 20_000;
/** A competing session is asked about every half minute. */
const RECOVERY_MS = 60_000;

Deno.test("real-time drills: each fault is said and mended over real TCP", async (test) => {
  const outcomes = await Promise.all(DRILLS.map((drill, i) => run(drill, i).then(() => null, (fault) => fault)));
  for (const [i, drill] of DRILLS.entries()) {
    await test.step(drill.name, () => {
      if (outcomes[i] !== null) throw outcomes[i];
    });
  }
});

async function run(drill: Drill, seed: number): Promise<void> {
  const clock = systemClock();
  // Its own port: what is refused or taken there is no other drill's.
  const world = await assemble(
    {
      scenario,
      seed,
      settings: (settings) => ({ ...settings, manual: { ...settings.manual, enabled: false } }),
    },
    clock,
    tcpNetwork(),
    0,
  );
  const said = new Set<string>();
  try {
    await comesAbout(world, FIRST_VIEW_MS);
    world.monitor.subscribe(({ snapshot }) => said.add(snapshot.status));
    const began = clock.monotonic();
    for (const step of drill.steps) {
      if ("waitMs" in step) await new Promise<void>((resolve) => clock.after(step.waitMs, resolve));
      else world.gateway.fault(step);
    }
    world.gateway.happen({ kind: "fill", account: "DU1", contract: "AAPL", quantity: 7, price: null, commission: 1 });
    world.gateway.happen({ kind: "price", contract: "AAPL", price: null, change: 0.01 });
    const rest = Math.max(0, began + drill.lastsMs - clock.monotonic());
    await new Promise<void>((resolve) => clock.after(rest, resolve));
    await comesAbout(world, RECOVERY_MS);
    if (drill.disturbs) assert.ok(said.has("stale") || said.has("degraded"), `${drill.name} was never said`);
    assert.equal(world.gateway.orderMessagesReceived, 0);
  } finally {
    world.monitor.stop();
    await world.feed.stop();
    await world.gateway.stop();
  }
}

/** Resolves at the turn in which the snapshot says what the gateway knows. */
function comesAbout(world: Assembly, limitMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const unsubscribe = world.monitor.subscribe(() => {
      if (differences(world).length > 0) return;
      clearTimeout(timer);
      unsubscribe();
      resolve();
    });
    const timer = setTimeout(() => {
      unsubscribe();
      reject(new Error(`not within ${limitMs} ms: ${differences(world).join("; ")}`));
    }, limitMs);
  });
}
