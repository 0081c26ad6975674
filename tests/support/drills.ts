/** Trouble to drill, and how to tell whether the monitor got over it. */
import type { Fault } from "../../src/infrastructure/simulator/scenario.ts";
import type { Assembly } from "./world.ts";

export interface Drill {
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

export const DRILLS: readonly Drill[] = [
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

/** What the newest snapshot says differently from what the gateway knows. */
export function differences({ monitor, gateway }: Pick<Assembly, "monitor" | "gateway">): string[] {
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
