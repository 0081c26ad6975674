/** The expiry ladder: every bucket in order, empty ones too, so that rows keep their place on screen. */
import { EXPIRY_BUCKETS } from "./expiry_buckets.ts";
import { inBase } from "./portfolio_totals.ts";
import { isPartial, type PositionValue } from "./position_valuation.ts";
import type { ExpiryBucket, ExpiryView } from "./snapshot.ts";
import { Total } from "./totals.ts";

export class ExpiryLadder {
  readonly #buckets: ReadonlyMap<ExpiryBucket, BucketSums>;

  /** @param bookKnown false: positions may be missing altogether, so that every sum is unknown */
  constructor(bookKnown: boolean) {
    this.#buckets = new Map(EXPIRY_BUCKETS.map((bucket) => [bucket, new BucketSums(bookKnown)]));
  }

  add(position: PositionValue): void {
    this.#buckets.get(position.bucket)!.add(position);
  }

  view(): ExpiryView[] {
    return [...this.#buckets].map(([bucket, sums]) => sums.view(bucket));
  }
}

class BucketSums {
  readonly #grossExposure: Total;
  readonly #netExposure: Total;
  readonly #marketValue: Total;
  readonly #dailyPnl: Total;
  readonly #delta: Total;
  readonly #dollarDelta: Total;
  readonly #gamma: Total;
  readonly #gammaDollars: Total;
  readonly #vega: Total;
  readonly #theta: Total;
  #positions = 0;
  #excluded = 0;

  constructor(bookKnown: boolean) {
    this.#grossExposure = new Total(bookKnown);
    this.#netExposure = new Total(bookKnown);
    this.#marketValue = new Total(bookKnown);
    this.#dailyPnl = new Total(bookKnown);
    this.#delta = new Total(bookKnown);
    this.#dollarDelta = new Total(bookKnown);
    this.#gamma = new Total(bookKnown);
    this.#gammaDollars = new Total(bookKnown);
    this.#vega = new Total(bookKnown);
    this.#theta = new Total(bookKnown);
  }

  add(position: PositionValue): void {
    const { fx } = position.value;
    this.#positions++;
    if (isPartial(position)) this.#excluded++;
    const { exposureReason, greeksReason, dollarReason } = position;
    this.#grossExposure.add(position.grossExposure, exposureReason);
    this.#netExposure.add(position.exposure, exposureReason);
    this.#marketValue.add(position.marketValue);
    this.#dailyPnl.add(position.dailyPnl);
    this.#delta.add(position.delta, greeksReason);
    this.#dollarDelta.add(position.dollarDelta, dollarReason);
    this.#gamma.add(position.gamma, greeksReason);
    this.#gammaDollars.add(position.gammaDollars1Pct, dollarReason);
    this.#vega.add(inBase(position.vega, fx), dollarReason);
    this.#theta.add(inBase(position.theta, fx), dollarReason);
  }

  view(bucket: ExpiryBucket): ExpiryView {
    return {
      bucket,
      positions: this.#positions,
      grossExposure: this.#grossExposure.value,
      netExposure: this.#netExposure.value,
      marketValue: this.#marketValue.value,
      dailyPnl: this.#dailyPnl.value,
      delta: this.#delta.value,
      dollarDelta: this.#dollarDelta.value,
      gamma: this.#gamma.value,
      gammaDollars1Pct: this.#gammaDollars.value,
      vega: this.#vega.value,
      theta: this.#theta.value,
      excluded: this.#excluded,
    };
  }
}
