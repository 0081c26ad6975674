import assert from "node:assert/strict";
import type { ScenarioView } from "../../../src/domain/risk/snapshot.ts";
import { glyphsOf, signedBar } from "../../../src/presentation/terminal/glyphs.ts";
import { demoSnapshot } from "../../support/demo_snapshot.ts";
import { Person } from "../../support/person.ts";
import { assertScreen } from "../../support/screen_file.ts";

const NARROW = { columns: 80, rows: 24 };

function shock(spotShock: number, volShock: number, days: number, pnl: number | null): ScenarioView {
  return { name: `${spotShock} ${volShock} ${days}`, spotShock, volShock, days, pnl, excluded: 0 };
}

function withShocks(scenarios: readonly ScenarioView[], size = { columns: 120, rows: 40 }): string {
  return new Person(size, demoSnapshot({ scenarios })).type("3").screen();
}

const SEVERAL = [
  shock(0.05, 0, 0, 500),
  shock(-0.05, 0, 0, -1_000),
  shock(-0.05, 0.1, 0, -1_500),
  shock(-0.05, -0.05, 0, -900),
  shock(-0.05, 0, 5, -800),
  shock(0, 0.1, 0, -200),
];

Deno.test("the Risk view of the demo book", async () => {
  await assertScreen("risk_120x40", new Person().type("3").screen());
  await assertScreen("risk_80x24", new Person(NARROW).type("3").screen());
  await assertScreen("risk_account_80x24", new Person(NARROW).type("3cc").screen());
});

Deno.test("bars grow from zero, left and hollow for minus, and what is not zero shows", () => {
  const glyphs = glyphsOf("unicode");
  assert.equal(signedBar(-50, 100, 4, glyphs), "  ▓▓│");
  assert.equal(signedBar(100, 100, 4, glyphs), "    │████");
  assert.equal(signedBar(-1, 100, 4, glyphs), "   ▓│");
  assert.equal(signedBar(0, 100, 4, glyphs), "    │");
  assert.equal(signedBar(null, 0, 4, glyphs), "    │");
  assert.equal(signedBar(-50, 100, 4, glyphsOf("ascii")), "  --│");
});

Deno.test("the ladder lists empty buckets and the expired one only when something has expired", () => {
  const text = new Person(undefined, demoSnapshot({ byExpiry: [] })).type("3").screen();
  assert.match(text, /^ 90D\+ +0 /m);
  assert.doesNotMatch(text, /^ expired/m);
  const [first, ...others] = demoSnapshot().byExpiry;
  assert.ok(first);
  const byExpiry = [{ ...first, bucket: "EXPIRED" as const }, ...others];
  assert.match(new Person(undefined, demoSnapshot({ byExpiry })).type("3").screen(), /^ expired +2 /m);
});

Deno.test("the near term says its share of the book only where both pull the same way", () => {
  const text = new Person().type("3").screen();
  // 146,352 of 227,061 is 64 %, 1,310 of 1,397 is 94 %.
  assert.match(text, /Near term: Gamma1% -146,352x to 7 days, 64 % of the book; Vega -1,310x to 30 days, 94 %/);
  const portfolio = { ...demoSnapshot().portfolio, nearTermGammaDollars1Pct: 500, nearTermVega: null };
  assert.match(
    new Person(undefined, demoSnapshot({ portfolio })).type("3").screen(),
    /Gamma1% 500x to 7 days; Vega -- to 30 days/,
  );
});

Deno.test("spot shocks alone are one row called flat, the largest loss in brackets and named below", () => {
  const text = new Person().type("3").screen();
  assert.match(text, /^ Spot +-10 % +-5 % .*\+10 % *$/m);
  assert.match(text, /^ flat +\[-183,760\] +-90,058x .*\+124,922x *$/m);
  assert.match(text, /\[worst\] spot -10 %, vol flat = -183,760x, -12\.3 % of net liq; leaves out 1/);
});

Deno.test("shocks of volatility and days are rows, days after volatility, and what was not asked stays blank", () => {
  const lines = withShocks(SEVERAL).split("\n").map((line) => line.trim().replace(/ {2,}/g, " | "));
  const at = lines.findIndex((line) => line.startsWith("Vol"));
  assert.deepEqual(lines.slice(at, at + 6), [
    "Vol | -5 % | spot | +5 %",
    "-5 pt | -900",
    "flat | -1,000 | +500",
    "+10 pt | [-1,500] | -200",
    "flat, 5 d | -800",
    "[worst] spot -5 %, vol +10 pt = -1,500, -0.1 % of net liq",
  ]);
});

Deno.test("shocks that are unknown, that only gain or that are not set say so", () => {
  assert.match(withShocks([shock(-0.1, 0, 0, null)]), /No shock is known yet/);
  assert.match(withShocks([shock(-0.1, 0, 0, 10)]), /No shock loses/);
  assert.match(withShocks([]), /No shocks are set\./);
});

Deno.test("a narrow screen shortens the amounts and gives up the smallest moves, and says how many", () => {
  const many = Array.from({ length: 21 }, (_, index) => shock((index - 10) / 50, 0, 0, (index - 10) * 123_456));
  const text = withShocks(many, NARROW);
  assert.match(text, /^ Spot +-20 % +-18 % +-16 % +-14 % .*\+20 % *$/m);
  assert.match(text, /\[-1\.23M\]/);
  assert.match(text, /Scenario P&L, 13 smaller moves left out/);
});

Deno.test("Enter on a name opens its positions, and a filter narrows the names", () => {
  assert.match(new Person().type("3j\r").selected(), /^>v SPY \(4\)/);
  assert.match(new Person().type("3/nvda\r").selected(), /^>NVDA/);
});

Deno.test("with one account shown, buckets of several accounts are not split and the shocks say they are the book's", () => {
  const text = new Person().type("3cc").screen();
  assert.match(text, /^ 0DTE +0 +0 /m, "DU2 holds nothing that expires today");
  assert.match(text, /^ 8-30D +--n/m);
  assert.match(text, /Scenario P&L, whole book/);
  assert.match(text, /Near term \(whole book\)/);
});
