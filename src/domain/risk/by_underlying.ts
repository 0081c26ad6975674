/** The book by name. Gross exposure adds absolute leaves: a name's long stock never nets its short premium away. */
import type { InstrumentIndex } from "../event.ts";
import type { Judged } from "../limits/judge.ts";
import type { EpochMs } from "../time.ts";
import { BIT, flagList, type FlagSet } from "../quality/flag_set.ts";
import type { BetaEstimate } from "./beta.ts";
import { inBase } from "./portfolio_totals.ts";
import { known } from "./position_view.ts";
import { isPartial, type NameBeta, type PositionValue } from "./position_valuation.ts";
import type { BetaBasisView, UnderlyingView } from "./snapshot.ts";
import { type Cell, TotalTable } from "./totals.ts";

/** Flags that say something of a whole name. */
const NAME_FLAGS = ~(BIT.TAYLOR | BIT.QUIET);

enum Sum {
  grossExposure,
  netExposure,
  marketValue,
  unrealizedPnl,
  dailyPnl,
  realizedPnl,
  delta,
  dollarDelta,
  betaWeightedDelta,
  gammaDollars,
  vega,
  theta,
}

/** The sums of all names; cleared as one at the start of a turn. */
export function nameTotals(): TotalTable {
  return new TotalTable(Sum.theta + 1);
}

export class UnderlyingSums implements Judged {
  readonly #totals: TotalTable;
  readonly #row: Cell;
  #positions = 0;
  #excluded = 0;
  flags: FlagSet = 0;

  /**
   * @param totals made by `nameTotals`, shared by all names
   * @param price the instrument whose price is the name's; null when none is known
   */
  constructor(
    readonly name: string,
    readonly beta: NameBeta,
    readonly price: InstrumentIndex | null,
    totals: TotalTable,
  ) {
    this.#totals = totals;
    this.#row = totals.addRow();
  }

  /** |dollar delta|; an unknown one counts as 0. */
  get size(): number {
    return Math.abs(this.#value(Sum.dollarDelta) ?? 0);
  }

  /** Nothing counted yet, at the start of a turn; whoever owns the totals clears them. */
  clear(): void {
    this.#positions = 0;
    this.#excluded = 0;
    this.flags = 0;
  }

  /** What the name's limit is judged on: its gross exposure. */
  get value(): number | null {
    return this.#value(Sum.grossExposure);
  }

  /** How many positions the gross exposure leaves out. */
  get partial(): number {
    return this.#totals.excluded(this.#row + Sum.grossExposure);
  }

  get stale(): boolean {
    return (this.flags & BIT.STALE) !== 0;
  }

  get modelled(): boolean {
    return (this.flags & BIT.MODEL) !== 0;
  }

  add(position: PositionValue): void {
    this.#positions++;
    this.flags |= position.flags;
    const { fx } = position.value;
    if (isPartial(position)) this.#excluded++;
    const { exposureReason, greeksReason, dollarReason, betaReason } = position;
    const { values, reasons } = this.#totals;
    values[Sum.grossExposure] = position.grossExposure;
    reasons[Sum.grossExposure] = exposureReason;
    values[Sum.netExposure] = position.exposure;
    reasons[Sum.netExposure] = exposureReason;
    values[Sum.marketValue] = position.marketValue;
    values[Sum.unrealizedPnl] = position.unrealizedPnl;
    values[Sum.dailyPnl] = position.dailyPnl;
    values[Sum.realizedPnl] = position.realizedPnl;
    values[Sum.delta] = position.delta;
    reasons[Sum.delta] = greeksReason;
    values[Sum.dollarDelta] = position.dollarDelta;
    reasons[Sum.dollarDelta] = dollarReason;
    values[Sum.betaWeightedDelta] = position.betaWeightedDelta;
    reasons[Sum.betaWeightedDelta] = betaReason;
    values[Sum.gammaDollars] = position.gammaDollars1Pct;
    reasons[Sum.gammaDollars] = dollarReason;
    values[Sum.vega] = inBase(position.vega, fx);
    reasons[Sum.vega] = dollarReason;
    values[Sum.theta] = inBase(position.theta, fx);
    reasons[Sum.theta] = dollarReason;
    this.#totals.addAll(this.#row);
  }

  #value(sum: Sum): number | null {
    return this.#totals.value(this.#row + sum);
  }

  /** @param price the name's own, and its previous close; NaN when unknown */
  view(price: number, close: number, now: EpochMs): UnderlyingView {
    return {
      underlying: this.name,
      positions: this.#positions,
      price: known(price),
      close: known(close),
      beta: this.beta.beta,
      betaSource: this.beta.source,
      betaBasis: basisView(this.beta.estimate, now),
      betaObstacle: this.beta.obstacle,
      grossExposure: this.#value(Sum.grossExposure),
      netExposure: this.#value(Sum.netExposure),
      marketValue: this.#value(Sum.marketValue),
      unrealizedPnl: this.#value(Sum.unrealizedPnl),
      dailyPnl: this.#value(Sum.dailyPnl),
      realizedPnl: this.#value(Sum.realizedPnl),
      delta: this.#value(Sum.delta),
      dollarDelta: this.#value(Sum.dollarDelta),
      betaWeightedDelta: this.#value(Sum.betaWeightedDelta),
      gammaDollars1Pct: this.#value(Sum.gammaDollars),
      vega: this.#value(Sum.vega),
      theta: this.#value(Sum.theta),
      excluded: this.#excluded,
      flags: flagList(this.flags & NAME_FLAGS),
    };
  }
}

function basisView(estimate: BetaEstimate | null, now: EpochMs): BetaBasisView | null {
  if (estimate === null) return null;
  const { windowDays, observations, from, to, computedAt } = estimate;
  return { windowDays, observations, from, to, ageMs: Math.max(0, now - computedAt) };
}
