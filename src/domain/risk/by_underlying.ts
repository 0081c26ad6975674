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
import { Total } from "./totals.ts";

/** Flags that say something of a whole name. */
const NAME_FLAGS = ~(BIT.TAYLOR | BIT.QUIET);

export class UnderlyingSums implements Judged {
  readonly grossExposure = new Total();
  readonly netExposure = new Total();
  readonly #marketValue = new Total();
  readonly #unrealizedPnl = new Total();
  readonly #dailyPnl = new Total();
  readonly #realizedPnl = new Total();
  readonly #delta = new Total();
  readonly #dollarDelta = new Total();
  readonly #betaWeightedDelta = new Total();
  readonly #gammaDollars = new Total();
  readonly #vega = new Total();
  readonly #theta = new Total();
  #positions = 0;
  #excluded = 0;
  flags: FlagSet = 0;

  /** @param price the instrument whose price is the name's; null when none is known */
  constructor(readonly name: string, readonly beta: NameBeta, readonly price: InstrumentIndex | null) {}

  /** |dollar delta|; an unknown one counts as 0. */
  get size(): number {
    return Math.abs(this.#dollarDelta.value ?? 0);
  }

  /** Nothing added yet, at the start of a turn. */
  clear(): void {
    this.grossExposure.clear();
    this.netExposure.clear();
    this.#marketValue.clear();
    this.#unrealizedPnl.clear();
    this.#dailyPnl.clear();
    this.#realizedPnl.clear();
    this.#delta.clear();
    this.#dollarDelta.clear();
    this.#betaWeightedDelta.clear();
    this.#gammaDollars.clear();
    this.#vega.clear();
    this.#theta.clear();
    this.#positions = 0;
    this.#excluded = 0;
    this.flags = 0;
  }

  /** What the name's limit is judged on: its gross exposure. */
  get value(): number | null {
    return this.grossExposure.value;
  }

  /** How many positions the gross exposure leaves out. */
  get partial(): number {
    return this.grossExposure.excluded;
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
    this.grossExposure.add(position.grossExposure, exposureReason);
    this.netExposure.add(position.exposure, exposureReason);
    this.#marketValue.add(position.marketValue);
    this.#unrealizedPnl.add(position.unrealizedPnl);
    this.#dailyPnl.add(position.dailyPnl);
    this.#realizedPnl.add(position.realizedPnl);
    this.#delta.add(position.delta, greeksReason);
    this.#dollarDelta.add(position.dollarDelta, dollarReason);
    this.#betaWeightedDelta.add(position.betaWeightedDelta, betaReason);
    this.#gammaDollars.add(position.gammaDollars1Pct, dollarReason);
    this.#vega.add(inBase(position.vega, fx), dollarReason);
    this.#theta.add(inBase(position.theta, fx), dollarReason);
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
      grossExposure: this.grossExposure.value,
      netExposure: this.netExposure.value,
      marketValue: this.#marketValue.value,
      unrealizedPnl: this.#unrealizedPnl.value,
      dailyPnl: this.#dailyPnl.value,
      realizedPnl: this.#realizedPnl.value,
      delta: this.#delta.value,
      dollarDelta: this.#dollarDelta.value,
      betaWeightedDelta: this.#betaWeightedDelta.value,
      gammaDollars1Pct: this.#gammaDollars.value,
      vega: this.#vega.value,
      theta: this.#theta.value,
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
