/** What the screens say where Futu is read beside IB, or alone, and of what was never read of it. */
import assert from "node:assert/strict";
import { plainText } from "../../../src/presentation/plain_text.ts";
import type { Excluded, HealthView, RiskSnapshot } from "../../../src/domain/risk/snapshot.ts";
import { DEMO_LOOK } from "../../support/demo_look.ts";
import { demoSnapshot } from "../../support/demo_snapshot.ts";
import { effectOf } from "../../../src/presentation/terminal/flag_words.ts";
import { markLetter } from "../../../src/presentation/terminal/mark_letter.ts";
import { Person } from "../../support/person.ts";

const OPTIONS = { format: DEMO_LOOK.format, betaReference: "SPY" };

/** The demo book with Futu's link as given, IB's too where it is. */
function withFutu(
  futu: HealthView["status"],
  change: Partial<RiskSnapshot> = {},
  ib?: HealthView["status"],
): RiskSnapshot {
  const demo = demoSnapshot();
  const [first] = demo.accounts;
  return {
    ...demo,
    accounts: [...demo.accounts, { ...first!, source: "FUTU", account: "281756" }],
    health: demo.health.map((part) => {
      if (part.component === "futu") return { ...part, status: futu, detail: "127.0.0.1:11111" };
      return part.component === "ibkr" && ib !== undefined ? { ...part, status: ib } : part;
    }),
    ...change,
  };
}

/** As where nothing of Futu's was read. */
function unread(): RiskSnapshot {
  const { portfolio } = demoSnapshot();
  const totals = ["dailyPnl", "grossExposure", "delta", "vega"];
  const left = totals.map((total): Excluded => ({ total, reason: "SOURCE_UNREAD", count: 1 }));
  return withFutu("down", { portfolio: { ...portfolio, excluded: [...portfolio.excluded, ...left] } });
}

const header = (snapshot: RiskSnapshot): string =>
  new Person({ columns: 160, rows: 40 }, snapshot).screen().split("\n")[0]!;

Deno.test("the header names each broker that is read, with its own accounts", () => {
  const accounts = demoSnapshot().accounts.map(({ account }) => account);
  const alone = header(demoSnapshot());
  assert.doesNotMatch(alone, /Futu/);
  const both = header(withFutu("up"));
  assert.match(both, / Futu 281756 /);
  assert(!accounts.includes("281756") && !/IB [^F]*281756/.test(both), "not among IB's");
  assert.match(header(withFutu("down")), /Futu DOWN/);
  assert.match(header(withFutu("up", {}, "off")), / Futu 281756 /);
  assert.doesNotMatch(header(withFutu("up", {}, "off")), /IB/);
});

Deno.test("of Futu alone it is said why nothing is of now, and not that IB is switched off", () => {
  const stale = withFutu("down", { status: "stale", statusReasons: ["FUTU down: 127.0.0.1:11111"] }, "off");
  assert.match(new Person(undefined, stale).screen(), /NOT LIVE.* 127\.0\.0\.1:11111/);
});

Deno.test("accounts that the summary has no room for are counted, one of them as one", () => {
  const { accounts } = withFutu("up");
  const more = (count: number): RiskSnapshot => {
    const others = Array.from({ length: count }, (_, at) => ({ ...accounts.at(-1)!, account: `28175${at}` }));
    return withFutu("up", { accounts: [...accounts, ...others] });
  };
  const summary = (snapshot: RiskSnapshot) => new Person({ columns: 160, rows: 50 }, snapshot).screen();
  assert.match(summary(more(1)), /│ 1 more account /);
  assert.match(summary(more(2)), /│ 2 more accounts /);
});

Deno.test("the plain block names Futu's link where it is read", () => {
  assert.match(plainText(withFutu("down"), OPTIONS).split("\n")[0]!, /\| IB \w+, Futu down, \d+ of \d+ lines live \|/);
  assert.doesNotMatch(plainText(demoSnapshot(), OPTIONS).split("\n")[0]!, /Futu/);
});

Deno.test("what every total leaves out for want of a broker is said under the totals, before all else", () => {
  assert.match(plainText(unread(), OPTIONS), /^ {2}x leaves out a broker that was never read; /m);
  for (const columns of [80, 140]) {
    const text = new Person({ columns, rows: 40 }, unread()).screen();
    assert.match(text, /x (leaves out )?a broker that was never read/, `${columns} columns`);
  }
  assert.doesNotMatch(new Person(undefined, demoSnapshot()).screen(), /never read/);
});

/** AAPL's share, held at both brokers, with Futu away. */
function half(): RiskSnapshot {
  const snapshot = withFutu("down");
  return {
    ...snapshot,
    positions: snapshot.positions.map((position) => {
      const [leaf] = position.leaves;
      const fresh = position.flags.filter((flag) => flag !== "STALE");
      if (position.symbol !== "AAPL" || position.assetType !== "STOCK" || leaf === undefined) {
        return { ...position, flags: fresh };
      }
      const futu = { ...leaf, source: "FUTU" as const, account: "281756", stale: true };
      const leaves = [...position.leaves.map((each) => ({ ...each, stale: false })), futu];
      return { ...position, leaves, flags: [...fresh, "STALE" as const], markStale: false };
    }),
  };
}

Deno.test("a price that IB quotes is not called old because Futu, which holds some too, is away", () => {
  const apple = half().positions.find(({ leaves }) => leaves.some(({ source }) => source === "FUTU"))!;
  assert.equal(markLetter(apple), "");
  assert.equal(markLetter({ ...apple, markStale: true }), "s");
  const { markStale: _, ...older } = apple;
  assert.equal(markLetter(older), "s", "a stored snapshot that does not tell them apart");
  assert.equal(effectOf("STALE", apple), "holds what FUTU said last");
  assert.equal(effectOf("STALE", { ...apple, markStale: true }), "kept at its last good mark");
});

Deno.test("of the accounts only the one at the broker that is away is stale", () => {
  const rows = new Person({ columns: 160, rows: 50 }, half()).screen().split("\n");
  const day = rows.find((row) => /│ Day P&L /.test(row))?.split("│").at(-1) ?? "";
  const [first, second, third] = day.trim().replace("Day P&L", "").trim().split(/\s+/);
  assert.match(`${first} ${second}`, /^[+-][\d,]+ [+-][\d,]+$/);
  assert.match(third ?? "", /^[+-][\d,]+s$/);
});

Deno.test("where the Summary has no room for a link's address it says how long the link has been as it is", () => {
  const health = withFutu("up").health.map((part) =>
    part.component === "futu"
      ? { ...part, since: demoSnapshot().asOf, detail: "127.0.0.1:11111, OpenD 9.5, 2 accounts" }
      : part
  );
  const screen = new Person(undefined, withFutu("up", { health })).screen();
  assert.match(screen, /│ UP {4}futu {8}0\.\d s +$/m);
  const wide = new Person({ columns: 200, rows: 60 }, withFutu("up", { health })).screen();
  assert.match(wide, /UP {4}futu {8}0\.\d s +127\.0\.0\.1:11111, OpenD 9\.5/);
});
