/** The expiry ladder: every bucket in order, empty ones too, so that rows keep their place on screen. */
import { EXPIRY_BUCKETS } from "./expiry_buckets.ts";
import { inBase } from "./portfolio_totals.ts";
import { isPartial, type PositionValue } from "./position_valuation.ts";
import type { ExpiryBucket, ExpiryView } from "./snapshot.ts";
import { TotalRow } from "./totals.ts";

export class ExpiryLadder {
  readonly #buckets: ReadonlyMap<ExpiryBucket, BucketSums>;

  /** @param bookKnown and `unreadSources`: see `PortfolioTotals` */
  constructor(bookKnown: boolean, unreadSources = 0) {
    this.#buckets = new Map(EXPIRY_BUCKETS.map((bucket) => [bucket, new BucketSums(bookKnown, unreadSources)]));
  }

  add(position: PositionValue): void {
    this.#buckets.get(position.bucket)!.add(position);
  }

  view(): ExpiryView[] {
    return [...this.#buckets].map(([bucket, sums]) => sums.view(bucket));
  }
}

enum Sum {
  grossExposure,
  netExposure,
  marketValue,
  dailyPnl,
  delta,
  dollarDelta,
  gamma,
  gammaDollars,
  vega,
  theta,
}

class BucketSums {
  readonly #totals: TotalRow;
  #positions = 0;
  #excluded: number;

  constructor(bookKnown: boolean, unreadSources: number) {
    this.#totals = new TotalRow(Sum.theta + 1, bookKnown, unreadSources);
    this.#excluded = unreadSources;
  }

  add(position: PositionValue): void {
    const { fx } = position.value;
    this.#positions++;
    if (isPartial(position)) this.#excluded++;
    const { exposureReason, greeksReason, dollarReason } = position;
    const { values, reasons } = this.#totals;
    values[Sum.grossExposure] = position.grossExposure;
    reasons[Sum.grossExposure] = exposureReason;
    values[Sum.netExposure] = position.exposure;
    reasons[Sum.netExposure] = exposureReason;
    values[Sum.marketValue] = position.marketValue;
    values[Sum.dailyPnl] = position.dailyPnl;
    values[Sum.delta] = position.delta;
    reasons[Sum.delta] = greeksReason;
    values[Sum.dollarDelta] = position.dollarDelta;
    reasons[Sum.dollarDelta] = dollarReason;
    values[Sum.gamma] = position.gamma;
    reasons[Sum.gamma] = greeksReason;
    values[Sum.gammaDollars] = position.gammaDollars1Pct;
    reasons[Sum.gammaDollars] = dollarReason;
    values[Sum.vega] = inBase(position.vega, fx);
    reasons[Sum.vega] = dollarReason;
    values[Sum.theta] = inBase(position.theta, fx);
    reasons[Sum.theta] = dollarReason;
    this.#totals.addAll();
  }

  view(bucket: ExpiryBucket): ExpiryView {
    return {
      bucket,
      positions: this.#positions,
      grossExposure: this.#value(Sum.grossExposure),
      netExposure: this.#value(Sum.netExposure),
      marketValue: this.#value(Sum.marketValue),
      dailyPnl: this.#value(Sum.dailyPnl),
      delta: this.#value(Sum.delta),
      dollarDelta: this.#value(Sum.dollarDelta),
      gamma: this.#value(Sum.gamma),
      gammaDollars1Pct: this.#value(Sum.gammaDollars),
      vega: this.#value(Sum.vega),
      theta: this.#value(Sum.theta),
      excluded: this.#excluded,
    };
  }

  #value(sum: Sum): number | null {
    return this.#totals.at(sum).value;
  }
}
