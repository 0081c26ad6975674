/** How a number came about: its formula and what went into it, as far as the snapshot has it. What `i` opens. */
import type { LimitView, PositionView } from "../../domain/risk/snapshot.ts";
import { age, contractName, contractOf, MISSING } from "../format.ts";
import type { ViewContext } from "./context.ts";
import { detailOf, type Fact, type Told } from "./detail_text.ts";
import { digestOf } from "./digest.ts";
import type { NameRow } from "./name_rows.ts";
import { rateOf } from "./own_currency.ts";
import type { SelectedRow } from "./selected_row.ts";

/** A number of a row: of the column that the table is sorted by. */
export function explained(context: ViewContext, row: SelectedRow, column: { id: string; title: string }): Told | null {
  const title = column.title.trim();
  switch (row.kind) {
    case "position":
      return {
        title: `${title} of ${contractName(row.position)}`,
        facts: ofPosition(context, row.position, column.id),
      };
    case "name":
      return { title: `${title} of ${row.name.label}`, facts: ofName(context, row.name, column.id) };
    case "strategy":
      return {
        title: `${title} of ${row.strategy.name}`,
        facts: [
          ["Formula", "each leg by its share of the position, added up in the base currency"],
          ...parts(context, row.legs, column.id),
        ],
      };
    case "limit":
      return { title: `Limit on ${row.limit.rule}`, facts: ofLimit(context, row.limit) };
    case "signal":
    case "reconciliation":
      return detailOf(context, row);
  }
}

interface Formula {
  readonly says: string;
  readonly of: (position: PositionView) => number | null;
  readonly inputs: (context: ViewContext, position: PositionView) => string;
}

const UNITS = "contracts x multiplier";

const FORMULAS: Readonly<Record<string, Formula>> = {
  market_value: {
    says: `${UNITS} x mark x rate; 0 for futures and currency pairs`,
    of: (one) => one.marketValue,
    inputs: units,
  },
  unrealized: {
    says: `${UNITS} x (mark - average price) x rate`,
    of: (one) => one.unrealizedPnl,
    inputs: (context, one) => `${units(context, one)}, average price ${price(context, one, one.avgPrice)}`,
  },
  day_pnl: {
    says: "(what is held now x mark - what was held x close - what fills cost) x multiplier x rate - commissions",
    of: (one) => one.dailyPnl,
    inputs: (context, one) =>
      `${units(context, one)}, close ${price(context, one, one.close)} of ${one.closeDate ?? "?"}, ` +
      { own: "worked out here", broker: "the broker's own figure", none: "not known" }[one.dailyPnlSource],
  },
  realized: {
    says: "what today's fills realized, at their average price",
    of: (one) => one.realizedPnl,
    inputs: (_context, one) => `${one.leaves.length} lots`,
  },
  exposure: {
    says: "by risk_limits.notional_basis, lot by lot; $Delta unless set otherwise",
    of: (one) => one.exposure,
    inputs: greeks,
  },
  delta: { says: `${UNITS} x delta of one`, of: (one) => one.delta, inputs: greeks },
  dollar_delta: {
    says: `${UNITS} x delta of one x price of the underlying x rate`,
    of: (one) => one.dollarDelta,
    inputs: greeks,
  },
  beta_delta: {
    says: "$Delta x beta / price of the reference index",
    of: (one) => one.betaWeightedDelta,
    inputs: (context, one) => `$Delta ${money(context, one.dollarDelta)}, ${greeks(context, one)}`,
  },
  gamma: {
    says: `${UNITS} x gamma of one x price squared x 1 % x rate: how $Delta moves with 1 % of price`,
    of: (one) => one.gammaDollars1Pct,
    inputs: greeks,
  },
  vega: { says: `${UNITS} x vega of one: for a point of volatility`, of: (one) => one.vega, inputs: greeks },
  theta: { says: `${UNITS} x theta of one: for a calendar day`, of: (one) => one.theta, inputs: greeks },
  mark: {
    says: "middle of bid and ask where both are sound, else the last trade, the broker's mark, the model, the close",
    of: (one) => one.mark,
    inputs: (context, one) =>
      `from ${one.markSource}, bid ${price(context, one, one.bid)}, ask ${price(context, one, one.ask)}, last ` +
      price(context, one, one.last),
  },
  iv: {
    says: "volatility that the price implies",
    of: (one) => one.iv,
    inputs: (context, one) => `mark ${price(context, one, one.mark)}, ${greeks(context, one)}`,
  },
};

function ofPosition(context: ViewContext, position: PositionView, column: string): Fact[] {
  const formula = FORMULAS[column];
  const ages: Fact = ["Age", `quote ${age(position.quoteAgeMs)}, snapshot ${snapshotAge(context)}`];
  const flags: Fact[] = position.flags.length === 0 ? [] : [["Flags", position.flags.join(" ")]];
  if (formula === undefined) {
    return [["Formula", "taken as it comes, from the broker or the quote"], ages, ...flags];
  }
  return [
    ["Formula", formula.says],
    ["Inputs", formula.inputs(context, position)],
    ["Gives", exactly(context, formula.of(position))],
    ages,
    ...flags,
  ];
}

function ofName(context: ViewContext, name: NameRow, column: string): Fact[] {
  const positions = digestOf(context.snapshot).positions.get(name.label) ?? [];
  const { format } = context.look;
  if (column === "spot" || column === "close" || column === "day_pct") {
    return [
      ["Formula", column === "day_pct" ? "price / close - 1" : "as the market says"],
      ["Inputs", `price ${format.price(name.price)}, close ${format.price(name.close)}`],
      ["Age", `snapshot ${snapshotAge(context)}`],
    ];
  }
  if (column === "beta") {
    const view = context.snapshot.byUnderlying.find(({ underlying }) => underlying === name.label);
    const basis = view?.betaBasis ?? null;
    const from = view === undefined
      ? MISSING
      : { config: "the configuration", computed: "history", default: "nowhere: 1.00 stands in" }[view.betaSource];
    return [
      ["Formula", `how the name moved for each move of ${context.look.betaReference}`],
      ["Inputs", basis === null ? `from ${from}` : `${basis.observations} daily returns, ${basis.from} to ${basis.to}`],
      ...(view?.betaObstacle == null ? [] : [["Obstacle", view.betaObstacle] as const]),
    ];
  }
  if (column === "gross") {
    return [
      ["Formula", "sizes of all lots' exposures: a long never nets a short away"],
      ...parts(context, positions, "exposure"),
    ];
  }
  return [
    ["Formula", `sum of ${positions.length} positions, in the base currency`],
    ...parts(context, positions, column),
  ];
}

/** What each position puts in, the largest first, and which are left out. */
function parts(context: ViewContext, positions: readonly PositionView[], column: string): Fact[] {
  const formula = FORMULAS[column];
  if (formula === undefined) return [];
  const known = positions.flatMap((one) => {
    const value = formula.of(one);
    return value === null ? [] : [{ one, value }];
  }).sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const left = positions.filter((one) => formula.of(one) === null && one.assetType !== "FOREX");
  const facts = known.slice(0, MOST_PARTS).map(({ one, value }, at): Fact => [
    at === 0 ? "Parts" : "",
    `${exactly(context, value)}  ${contractOf(one)}, quote ${age(one.quoteAgeMs)} old${marksOf(one)}`,
  ]);
  if (known.length > MOST_PARTS) facts.push(["", `and ${known.length - MOST_PARTS} smaller ones`]);
  if (left.length > 0) {
    facts.push([
      "Left out",
      left.map((one) => `${contractOf(one)} (${one.flags.join(" ")})`).join(", "),
    ]);
  }
  return [...facts, ["Age", `snapshot ${snapshotAge(context)}`]];
}

const MOST_PARTS = 12;

function ofLimit(context: ViewContext, limit: LimitView): Fact[] {
  const told = detailOf(context, { kind: "limit", limit })?.facts ?? [];
  const says = limit.limit !== null
    ? "used is the value's size over the limit; room is what is left"
    : "used is how far from 0 the value is on its way to the nearer bound";
  return [["Formula", says], ...told, ["Age", `snapshot ${snapshotAge(context)}`]];
}

function units(context: ViewContext, one: PositionView): string {
  const { format } = context.look;
  return `${format.quantity(one.quantity)} x ${format.money(one.multiplier)}, mark ${price(context, one, one.mark)} (` +
    `${one.markSource})${rateText(context, one)}`;
}

function greeks(context: ViewContext, one: PositionView): string {
  const { format } = context.look;
  const units = one.quantity * one.multiplier;
  const delta = one.delta === null || units === 0 ? MISSING : format.decimals(one.delta / units, 4);
  const from = { ibkr: "IB", model: "the model", unit: "the unit", missing: "nowhere" }[one.greeksSource];
  return `${format.quantity(one.quantity)} x ${format.money(one.multiplier)}, delta of one ${delta} (from ${from}), ` +
    `${one.underlying} at ${format.price(one.underlyingPrice)}${rateText(context, one)}`;
}

function rateText({ snapshot, look }: ViewContext, { currency }: PositionView): string {
  if (currency === snapshot.baseCurrency) return "";
  const cash = snapshot.cash.find((one) => one.currency === currency);
  const old = cash?.fxAgeMs == null ? "" : `, ${age(cash.fxAgeMs)} old`;
  return `, ${currency}.${snapshot.baseCurrency ?? "?"} ${look.format.price(rateOf(snapshot, currency), "rate")}${old}`;
}

function price({ look }: ViewContext, { assetType }: PositionView, value: number | null): string {
  return look.format.price(value, assetType === "FOREX" ? "rate" : "price");
}

function money({ look }: ViewContext, value: number | null): string {
  return look.format.money(value);
}

function exactly({ look }: ViewContext, value: number | null): string {
  return value === null ? `${MISSING} not known` : look.format.decimals(value, Math.abs(value) < 10 ? 4 : 2);
}

function marksOf({ flags, greeksSource }: PositionView): string {
  return (flags.includes("STALE") ? ", stale" : "") + (greeksSource === "model" ? ", modelled" : "");
}

function snapshotAge({ snapshot, now }: ViewContext): string {
  return age(Math.max(0, now - Date.parse(snapshot.asOf)));
}
