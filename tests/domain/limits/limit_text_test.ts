import assert from "node:assert/strict";
import { amountText, limitLabel, limitMessage, shareText } from "../../../src/domain/limits/limit_text.ts";
import type { LimitView } from "../../../src/domain/risk/snapshot.ts";

function row(fields: Partial<LimitView>): LimitView {
  return {
    id: "max_per_underlying_notional:TSLA",
    rule: "max_per_underlying_notional",
    scope: "TSLA",
    unit: "money",
    value: 1_617_557,
    limit: 1_500_000,
    low: null,
    high: null,
    utilization: 1_617_557 / 1_500_000,
    state: "hard",
    partial: 0,
    stale: false,
    modelled: false,
    ...fields,
  };
}

Deno.test("a name beyond its limit reads as the trade says it", () => {
  assert.equal(limitMessage(row({})), "TSLA exposure 1.62 M is 108 % of its 1.50 M limit");
});

Deno.test("margin says whose it is", () => {
  const margin = row({
    rule: "max_margin_utilization",
    scope: "DU1",
    unit: "fraction",
    value: 0.498,
    limit: 0.6,
    utilization: 0.83,
    state: "soft",
  });
  assert.equal(limitMessage(margin), "Margin used 49.8 % of DU1 is 83 % of its 60.0 % limit");
  const ruined = { ...margin, value: null, utilization: null, state: "hard" } as const;
  assert.equal(limitMessage(ruined), "Margin used of DU1 has no net liquidation left to set against its 60.0 % limit");
});

Deno.test("a range gives both ends, a bound of 0 says beyond, a partial total what it leaves out", () => {
  const delta = row({
    rule: "portfolio_delta_range",
    scope: null,
    unit: "shares",
    value: -52_100,
    limit: null,
    low: -50_000,
    high: 50_000,
    utilization: 1.042,
  });
  assert.equal(limitMessage(delta), "Portfolio delta -52.1 K is 104 % of its -50.0 K to 50.0 K range");
  assert.equal(
    limitMessage(row({ value: 5_000, limit: 0, utilization: null })),
    "TSLA exposure 5.0 K is beyond its 0 limit",
  );
  assert.equal(limitMessage(row({ partial: 2 })), "TSLA exposure 1.62 M is 108 % of its 1.50 M limit, 2 left out");
});

Deno.test("a limit without its input says that it cannot be judged", () => {
  const unknown = row({ value: null, utilization: null, state: "unknown" });
  assert.equal(limitMessage(unknown), "TSLA exposure cannot be judged against its 1.50 M limit: an input is missing");
});

Deno.test("a value just over its limit is never said to be 100 % of it", () => {
  assert.equal(shareText(1), "100 %");
  assert.equal(shareText(1.0001), "just over 100 %");
  assert.equal(shareText(1.002), "100.2 %");
  assert.equal(shareText(1.08), "108 %");
});

Deno.test("amounts keep three or four figures, and round up into the next scale", () => {
  const cases: [number, string][] = [
    [0, "0"],
    [0.25, "0.25"],
    [850, "850"],
    [999.6, "1.0 K"],
    [25_417, "25.4 K"],
    [999_949, "999.9 K"],
    [999_950, "1.00 M"],
    [1_620_000, "1.62 M"],
    [-52_100, "-52.1 K"],
    [999_994_999, "999.99 M"],
    [999_995_000, "1.00 B"],
  ];
  for (const [value, text] of cases) assert.equal(amountText(value, "money"), text);
  assert.equal(amountText(0.498, "fraction"), "49.8 %");
});

Deno.test("labels are the screens' own, for an unknown rule the rule itself", () => {
  assert.equal(limitLabel("max_per_underlying_notional", "TSLA"), "TSLA exposure");
  assert.equal(limitLabel("max_margin_utilization", "DU1"), "Margin used");
  assert.equal(limitLabel("max_total_gross_notional", null), "Gross exposure");
  assert.equal(limitLabel("portfolio_delta_range", null), "Portfolio delta");
  assert.equal(limitLabel("max_daily_loss", null), "Daily loss");
  assert.equal(limitLabel("toString", null), "toString");
});
