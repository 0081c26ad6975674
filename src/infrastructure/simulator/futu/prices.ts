/** Prices of the simulated market: functions of the seed and of the time since the start, so that every run is the same. */
import type { Clock } from "../../../application/ports/clock.ts";
import type { EpochMs } from "../../../domain/time.ts";
import { optionValue } from "../pricer.ts";
import { normal, seeded } from "../random.ts";
import type { FutuListed } from "./listing.ts";
import type { FutuScenario } from "./scenario.ts";

const DAY_MS = 24 * 3_600_000;
const YEAR_MS = 365 * DAY_MS;
/** Trading time in a year, over which a yearly volatility is spread. */
const TRADING_YEAR_MS = 252 * 6.5 * 3_600_000;

export class FutuPrices {
  /** What a price event has multiplied a price by. */
  readonly #jumps = new Map<FutuListed, number>();
  readonly #startedAt: number;

  constructor(readonly clock: Clock, readonly seed: number, readonly settings: FutuScenario["market"]) {
    this.#startedAt = clock.monotonic();
  }

  /** Per unit, rounded to the cent; an option is worth nothing at the least. */
  price(listed: FutuListed): number {
    return cents(this.#exact(listed));
  }

  close(listed: FutuListed): number {
    const { close, last, impliedVolatility } = listed.spec;
    if (close !== null) return close;
    if (impliedVolatility === null) return cents(last ?? 0);
    return cents(this.#model(listed, this.close(listed.underlying!), this.clock.now() - DAY_MS));
  }

  jump(listed: FutuListed, price: number): void {
    const before = this.#exact(listed);
    if (before > 0) this.#jumps.set(listed, (this.#jumps.get(listed) ?? 1) * price / before);
  }

  /** Units of `to` for one of `from`; null where the scenario has no rate. */
  rate(from: string, to: string): number | null {
    const { ratesInHkd } = this.settings;
    const inHkd = (currency: string) => currency === "HKD" ? 1 : ratesInHkd.get(currency) ?? null;
    const [one, other] = [inHkd(from), inHkd(to)];
    return one === null || other === null ? null : one / other;
  }

  #exact(listed: FutuListed): number {
    const { last, volatility, impliedVolatility } = listed.spec;
    const jump = this.#jumps.get(listed) ?? 1;
    if (impliedVolatility !== null) {
      return jump * this.#model(listed, this.#exact(listed.underlying!), this.clock.now());
    }
    const elapsed = (this.clock.monotonic() - this.#startedAt) * this.settings.speed;
    return jump * (last ?? 0) * Math.exp(volatility * wander(this.seed, listed.spec.id, elapsed));
  }

  #model({ spec, expiresAt }: FutuListed, underlyingPrice: number, now: EpochMs): number {
    return optionValue({
      underlying: underlyingPrice,
      strike: spec.strike!,
      years: (expiresAt! - now) / YEAR_MS,
      volatility: spec.impliedVolatility!,
      rate: this.settings.rate,
      dividendYield: 0,
      right: spec.right!,
    }).price;
  }
}

/** Longest and shortest swing; each is twice the one before. */
const SWINGS_MS = Array.from({ length: 15 }, (_, at) => 1000 * 2 ** at);
/** Makes the swings together about as large as a walk over the same time. */
const SCALE = 0.5;

/**
 * A path that starts at 0 and strays like a random walk of one unit a trading year, yet is known at any time without
 * walking there: the sum of swings between random points, as large as the root of their length.
 */
function wander(seed: number, name: string, elapsedMs: number): number {
  let sum = 0;
  for (const [at, length] of SWINGS_MS.entries()) {
    const here = elapsedMs / length;
    const from = Math.floor(here);
    const point = (n: number) => normal(seeded(hash(`${seed} ${name} ${at} ${n}`)));
    const between = (point(from) + (here - from) * (point(from + 1) - point(from))) - point(0);
    sum += SCALE * Math.sqrt(length / TRADING_YEAR_MS) * between;
  }
  return sum;
}

/** 32 bits of a text (Fowler, Noll and Vo). */
function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) bits = Math.imul(bits ^ text.charCodeAt(at), 0x01000193);
  return bits >>> 0;
}

function cents(price: number): number {
  return Math.round(price * 100) / 100;
}
