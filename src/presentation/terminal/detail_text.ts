/** Everything that the snapshot has of a row, in words and in full: what Enter opens. */
import type { LeafView, LimitView, PositionView, ReconciliationView } from "../../domain/risk/snapshot.ts";
import { age, contractName, count, MISSING } from "../format.ts";
import { accountName, type ViewContext } from "./context.ts";
import { effectOf, gravestFirst, unreadWords } from "./flag_words.ts";
import { longLimitName, STATE_WORDS } from "./limit_text.ts";
import type { SelectedRow } from "./selected_row.ts";
import { signalName } from "./signal_rows.ts";

/** A label and what stands beside it; an empty label goes on with what came before. */
export type Fact = readonly [label: string, text: string];

export interface Told {
  readonly title: string;
  readonly facts: readonly Fact[];
}

/** Null for a row that has nothing more to tell than it shows. */
export function detailOf(context: ViewContext, row: SelectedRow): Told | null {
  switch (row.kind) {
    case "position":
      return { title: contractName(row.position), facts: positionFacts(context, row.position) };
    case "limit":
      return { title: longLimitName(row.limit, context.look), facts: limitFacts(context, row.limit) };
    case "reconciliation":
      return { title: row.row.key, facts: reconciliationFacts(context, row.row) };
    case "signal":
      if (row.row.kind === "breach") {
        const { breach } = row.row;
        const limit = context.snapshot.limits.find(({ id }) => id === breach.id);
        return limit === undefined ? null : detailOf(context, { kind: "limit", limit });
      }
      return {
        title: signalName(row.row.signal),
        facts: [["Says", row.row.signal.message], ["Do", row.row.signal.action], ["Rule", row.row.signal.rule]],
      };
    case "name":
    case "strategy":
      return null;
  }
}

function positionFacts(context: ViewContext, position: PositionView): Fact[] {
  const { format } = context.look;
  const price = (value: number | null): string =>
    format.price(value, position.assetType === "FOREX" ? "rate" : "price");
  const cents = (value: number | null): string => format.decimals(value, 2);
  const { localSymbol, exchange, multiplier, currency, conIds, tradingClass } = position;
  const facts: Fact[] = [
    [
      "Contract",
      `${localSymbol || contractName(position)} on ${exchange || "?"}, ${tradingClass || "no class"}, ` +
      `${format.money(multiplier)} a contract, ${currency}, id ${conIds.join(", ") || "none"}`,
    ],
    [
      "Quote",
      `bid ${price(position.bid)}, ask ${price(position.ask)}, last ${price(position.last)}, close ` +
      `${price(position.close)}${position.closeDate === null ? "" : ` of ${position.closeDate}`}, ${
        age(position.quoteAgeMs)
      } old`,
    ],
    ["Mark", `${price(position.mark)} from ${SOURCES[position.markSource]}`],
    [
      "Worth",
      `market value ${cents(position.marketValue)}, exposure ${cents(position.exposure)}, day ` +
      `${cents(position.dailyPnl)} (${DAY_SOURCES[position.dailyPnlSource]}), unrealized ${
        cents(position.unrealizedPnl)
      }, ` +
      `realized ${cents(position.realizedPnl)}`,
    ],
    [
      "Greeks",
      `delta ${cents(position.delta)}, $delta ${cents(position.dollarDelta)}, beta delta ` +
      `${cents(position.betaWeightedDelta)}, gamma1% ${cents(position.gammaDollars1Pct)}, vega ${
        cents(position.vega)
      }, theta ` +
      `${cents(position.theta)}, ${GREEKS[position.greeksSource]}`,
    ],
  ];
  if (position.right !== null) {
    const iv = position.iv === null ? MISSING : `${format.decimals(position.iv * 100, 2)} %`;
    facts.push([
      "Option",
      `volatility ${iv}, ${position.underlying} at ${format.price(position.underlyingPrice)}, ` +
      `${position.daysToExpiry ?? MISSING} days left${position.strategy === null ? "" : `  in ${position.strategy}`}`,
    ]);
  }
  const held = position.leaves.reduce((sum, leaf) => sum + leaf.quantity, 0);
  if (Math.abs(held - position.quantity) > SAME_QUANTITY) {
    facts.push([
      "Part",
      `${format.quantity(position.quantity)} of the ${format.quantity(held)} held; the lots are of all of them`,
    ]);
  }
  for (const [at, leaf] of position.leaves.entries()) {
    facts.push([at === 0 ? "Lots" : "", lotText(context, leaf, price)]);
  }
  const flags = gravestFirst(position.flags);
  for (const [at, flag] of flags.entries()) {
    facts.push([at === 0 ? "Flags" : "", `${flag} ${effectOf(flag, position)}`]);
  }
  return facts;
}

/** Quantities closer than this are the same. */
const SAME_QUANTITY = 1e-9;

function lotText({ look }: ViewContext, leaf: LeafView, price: (value: number | null) => string): string {
  const { format } = look;
  const broker = leaf.brokerDailyPnl === null && leaf.brokerUnrealizedPnl === null
    ? ""
    : `; broker: day ${format.decimals(leaf.brokerDailyPnl, 2)}, unrealized ${
      format.decimals(leaf.brokerUnrealizedPnl, 2)
    }`;
  return `${accountName(leaf.account, look)} (${leaf.source}) ${format.quantity(leaf.quantity)} at ${
    price(leaf.avgPrice)
  }, ` +
    `day ${format.decimals(leaf.dailyPnl, 2)}, unrealized ${format.decimals(leaf.unrealizedPnl, 2)}${broker}` +
    (leaf.restored
      ? "; from history, not confirmed yet"
      : leaf.stale
      ? `; as ${leaf.source} said last, which is away`
      : "");
}

/** Of the parts that the value leaves out one is the broker that was never read, where there is one. */
function leavesOut({ partial }: LimitView, unread: string | null): string {
  if (partial === 0) return "all positions";
  return `leaves out ${
    unread === null ? count(partial, "position") : `${unread}${partial > 1 ? ", and positions" : ""}`
  }`;
}

function limitFacts({ look, newest, now }: ViewContext, limit: LimitView): Fact[] {
  const { format } = look;
  const amount = (value: number | null): string =>
    limit.unit === "fraction" ? format.percent(value, 2) : format.decimals(value, limit.unit === "money" ? 2 : 0);
  const bound = limit.limit !== null ? amount(limit.limit) : `${amount(limit.low)} to ${amount(limit.high)}`;
  const facts: Fact[] = [
    ["State", `${STATE_WORDS[limit.state]}, soft from ${format.percent(look.softAt, 0)} on`],
    ["Value", `${amount(limit.value)} of ${bound} is ${format.percent(limit.utilization, 1)}`],
    [
      "Rests on",
      [
        leavesOut(limit, unreadWords(newest)),
        limit.stale ? "a stale quote" : "",
        limit.modelled ? "model numbers" : "",
      ].filter((part) => part !== "").join(", "),
    ],
    ["Key", `${limit.rule}${limit.scope === null ? "" : `, ${limit.scope}`}`],
  ];
  const breach = newest.breaches.find(({ id }) => id === limit.id);
  if (breach === undefined) return [...facts, ["Breach", "none is open"]];
  const since = Date.parse(breach.since);
  facts.push(["Breach", `${breach.message}, ${breach.state} since ${format.clock(since)}, ${age(now - since)} ago`]);
  if (breach.acknowledgedAt !== null) {
    facts.push(["Acked", `${format.clock(Date.parse(breach.acknowledgedAt))} by ${breach.acknowledgedBy ?? "?"}`]);
  }
  if (breach.note !== null && breach.note !== "") facts.push(["Note", breach.note]);
  return facts;
}

function reconciliationFacts({ look: { format } }: ViewContext, row: ReconciliationView): Fact[] {
  const held = Object.entries(row.quantities).map(([source, quantity]) => `${source} ${format.quantity(quantity)}`);
  return [["Status", row.status], ["Holds", held.join(", ") || "no source says"], ["Detail", row.detail]];
}

const SOURCES: Readonly<Record<PositionView["markSource"], string>> = {
  mid: "the middle of bid and ask",
  last: "the last trade",
  broker: "the broker",
  model: "the model",
  intrinsic: "intrinsic value",
  close: "the close",
  stored: "history",
  none: "nothing",
};
const DAY_SOURCES = { own: "ours", broker: "the broker's", none: "unknown" } as const;
const GREEKS = { ibkr: "from IB", model: "from the model", unit: "1 a unit", missing: "missing" } as const;
