/**
 * Faults of the link, the farms and the gateway, under the virtual clock: the same process must say that it is not live
 * while it is not, and show right live numbers again afterwards, fills of the outage included.
 *
 * Each seed draws faults and what happens meanwhile. A failing seed is in the test's name.
 */
import assert from "node:assert/strict";
import { differences, type Drill, DRILLS } from "../support/drills.ts";
import { seededRandom } from "../support/virtual_clock.ts";
import { makeWorld, type World } from "../support/world.ts";

const SEEDS = 50;
const FAULTS_A_SEED = 3;
/** Longest that any of the faults may take to be over and mended: a competing session is asked about twice a minute. */
const RECOVERY_MS = 90_000;

const scenario = await Deno.readTextFile(new URL("./drill_book.yaml", import.meta.url));

for (let seed = 1; seed <= SEEDS; seed++) {
  const random = seededRandom(seed);
  const drawn = Array.from({ length: FAULTS_A_SEED }, (_, i) => {
    // Every drill comes up in turn; the rest is chance.
    return i === 0 ? DRILLS[seed % DRILLS.length]! : DRILLS[Math.floor(random() * DRILLS.length)]!;
  });
  Deno.test(`fault drill, seed ${seed}: ${drawn.map((drill) => drill.name).join(", ")}`, async () => {
    const world = await makeWorld({
      scenario,
      seed,
      settings: (settings) => ({ ...settings, manual: { ...settings.manual, enabled: false } }),
    });
    await world.clock.until(() => differences(world).length === 0, 20_000, "the first complete view");
    for (const drill of drawn) {
      await world.clock.advance(Math.floor(random() * 2_000));
      await run(world, drill, random);
    }
    assert.equal(world.gateway.orderMessagesReceived, 0);
    await world.stop();
  });
}

async function run(world: World, drill: Drill, random: () => number): Promise<void> {
  const { clock, gateway, monitor } = world;
  const began = clock.monotonic();
  const said = new Set<string>();
  const unsubscribe = monitor.subscribe(({ snapshot }) => said.add(snapshot.status));
  for (const step of drill.steps) {
    if ("waitMs" in step) await clock.advance(step.waitMs);
    else gateway.fault(step);
    if (random() < 0.7) happen(world, random);
  }
  await clock.advance(Math.max(0, began + drill.lastsMs - clock.monotonic()));
  happen(world, random);
  try {
    await clock.until(() => differences(world).length === 0, RECOVERY_MS, `recovery from ${drill.name}`, 250);
  } catch (fault) {
    throw new Error(`${drill.name}: ${differences(world).join("; ")}`, { cause: fault });
  }
  unsubscribe();
  if (drill.disturbs) {
    assert.ok(said.has("stale") || said.has("degraded"), `${drill.name} was never said, only ${[...said].join(", ")}`);
  }
}

/** A price moves, or something is traded. */
function happen({ gateway }: World, random: () => number): void {
  const change = (random() - 0.5) * 0.02;
  const contract = ["AAPL", "MSFT", "ES", "SPX"][Math.floor(random() * 4)]!;
  gateway.happen({ kind: "price", contract, price: null, change });
  if (random() < 0.5) return;
  const [account, traded] = [["DU1", "AAPL"], ["DU2", "MSFT"], ["DU2", "AAPL"], ["DU1", "AAPL-195C"]][
    Math.floor(random() * 4)
  ]!;
  const quantity = (random() < 0.5 ? -1 : 1) * (1 + Math.floor(random() * 5));
  gateway.happen({ kind: "fill", account: account!, contract: traded!, quantity, price: null, commission: 1 });
}
