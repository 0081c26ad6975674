/**
 * Faults of the link, the farms and the gateway, under the virtual clock: the same process must say that it is not live
 * while it is not, and show right live numbers again afterwards, fills of the outage included.
 *
 * Each seed draws faults and what happens meanwhile. A failing seed is in the test's name.
 */
import assert from "node:assert/strict";
import type { Fault } from "../../src/infrastructure/simulator/scenario.ts";
import { seededRandom } from "../support/virtual_clock.ts";
import { makeWorld, type World } from "../support/world.ts";

const SEEDS = 50;
const FAULTS_A_SEED = 3;
/** Longest that any of the faults may take to be over and mended: a competing session is asked about twice a minute. */
const RECOVERY_MS = 90_000;

interface Drill {
  readonly name: string;
  /** Makes the trouble, and ends it where it does not end by itself. */
  readonly steps: readonly (Fault | { readonly waitMs: number })[];
  /** It is over by itself at this time after the first step. */
  readonly lastsMs: number;
  /** False: harmless, so that the view may stay complete. */
  readonly disturbs: boolean;
}

const garbage = (form: Extract<Fault, { kind: "garbage" }>["form"], disturbs: boolean): Drill => ({
  name: `garbage ${form}`,
  steps: [{ kind: "garbage", form }],
  lastsMs: 0,
  disturbs,
});

const DRILLS: readonly Drill[] = [
  { name: "drop", steps: [{ kind: "drop" }], lastsMs: 0, disturbs: true },
  { name: "refused port", steps: [{ kind: "refuse", seconds: 9 }], lastsMs: 9_000, disturbs: true },
  { name: "freeze of 12 s", steps: [{ kind: "freeze", seconds: 12 }], lastsMs: 12_000, disturbs: true },
  {
    name: "1100 then 1101",
    steps: [{ kind: "connectivity", code: 1100 }, { waitMs: 7_000 }, { kind: "connectivity", code: 1101 }],
    lastsMs: 7_000,
    disturbs: true,
  },
  {
    name: "1100 then 1102",
    steps: [{ kind: "connectivity", code: 1100 }, { waitMs: 7_000 }, { kind: "connectivity", code: 1102 }],
    lastsMs: 7_000,
    disturbs: true,
  },
  {
    name: "farm outage, lines kept",
    steps: [{ kind: "farm", farm: "usfarm", up: false, lose: false }, { waitMs: 6_000 }, {
      kind: "farm",
      farm: "usfarm",
      up: true,
      lose: false,
    }],
    lastsMs: 6_000,
    disturbs: true,
  },
  {
    name: "farm outage, lines lost",
    steps: [{ kind: "farm", farm: "usopt", up: false, lose: true }, { waitMs: 6_000 }, {
      kind: "farm",
      farm: "usopt",
      up: true,
      lose: true,
    }],
    lastsMs: 6_000,
    disturbs: true,
  },
  {
    name: "client id in use",
    steps: [{ kind: "client-id-in-use", seconds: 8 }, { kind: "drop" }],
    lastsMs: 8_000,
    disturbs: true,
  },
  {
    name: "competing session",
    steps: [{ kind: "competing-session", seconds: 10 }],
    lastsMs: 10_000,
    disturbs: true,
  },
  garbage("negative-length", true),
  garbage("oversize", true),
  garbage("truncated", true),
  garbage("unknown-message", false),
  garbage("text-for-number", false),
  garbage("missing-fields", false),
];

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

/** What the newest snapshot says differently from what the gateway knows. */
function differences({ monitor, gateway }: World): string[] {
  const snapshot = monitor.last;
  if (snapshot === null) return ["no snapshot"];
  const found: string[] = snapshot.status === "complete"
    ? []
    : [`status ${snapshot.status}: ${snapshot.statusReasons}`];
  const truth = gateway.truth();
  const same = (ours: number | null | undefined, theirs: number, what: string, tolerance: number): void => {
    if (ours === null || ours === undefined || !(Math.abs(ours - theirs) <= tolerance)) {
      found.push(`${what} ${ours}, broker ${theirs}`);
    }
  };
  for (const theirs of truth.positions) {
    const row = snapshot.positions.find((position) => position.conIds.includes(theirs.conId));
    const leaf = row?.leaves.find((candidate) => candidate.account === theirs.account);
    const what = `${theirs.account} ${theirs.contract}`;
    if (leaf === undefined) {
      if (theirs.quantity !== 0) found.push(`${what} is missing`);
      continue;
    }
    same(leaf.quantity, theirs.quantity, `${what} quantity`, 1e-9);
    if (theirs.quantity !== 0) {
      same(leaf.avgPrice, theirs.averageCost / row!.multiplier, `${what} average price`, 1e-6);
    }
    same(leaf.unrealizedPnl, theirs.unrealizedPnl * theirs.fx, `${what} unrealized`, 0.01);
    same(leaf.dailyPnl, theirs.dailyPnl * theirs.fx, `${what} day`, 0.01);
    same(leaf.realizedPnl, theirs.realizedPnl * theirs.fx, `${what} realized`, 0.01);
    if (row!.flags.includes("STALE")) found.push(`${what} is stale`);
  }
  for (const position of snapshot.positions) {
    const quote = truth.quotes.find((candidate) => position.conIds.includes(candidate.conId));
    if (quote === undefined) continue;
    same(position.bid, quote.bid, `${quote.contract} bid`, 1e-6);
    same(position.ask, quote.ask, `${quote.contract} ask`, 1e-6);
    if (quote.model !== null) same(position.iv, quote.model.impliedVolatility, `${quote.contract} iv`, 1e-6);
  }
  return found;
}
