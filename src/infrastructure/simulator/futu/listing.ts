/** Contracts as OpenD lists them on the day the scenario starts. */
import type { EpochMs, IsoDate } from "../../../domain/time.ts";
import { expiryDate } from "../listing.ts";
import type { ExpiryRule } from "../scenario.ts";
import { exchangeDate, exchangeInstant } from "./exchange_time.ts";
import type { FutuContractSpec, FutuMarket } from "./scenario.ts";

export interface FutuListed {
  readonly spec: FutuContractSpec;
  /** As the wire has it, without its market: `AAPL261218C150000`, `00700`. */
  readonly code: string;
  readonly underlying: FutuListed | null;
  /** Null for what does not expire. */
  readonly expiry: IsoDate | null;
  readonly expiresAt: EpochMs | null;
  readonly currency: "HKD" | "USD";
}

/** Every contract of a scenario by its id; an underlying stands before what is written on it. */
export function listFutuContracts(
  specs: readonly FutuContractSpec[],
  start: EpochMs,
): ReadonlyMap<string, FutuListed> {
  const listed = new Map<string, FutuListed>();
  for (const spec of specs) {
    const expiry = spec.expiry === null ? null : expires(spec.market, spec.expiry, exchangeDate(spec.market, start));
    listed.set(spec.id, {
      spec,
      code: expiry === null ? spec.root : optionCode(spec, expiry),
      underlying: spec.underlying === null ? null : listed.get(spec.underlying) ?? null,
      expiry,
      expiresAt: expiry === null ? null : exchangeInstant(spec.market, expiry, "16:00"),
      currency: spec.market === "HK" ? "HKD" : "USD",
    });
  }
  return listed;
}

/** Root, date, right and strike in thousandths, which is not padded as the Options Clearing Corporation does. */
function optionCode({ root, right, strike }: FutuContractSpec, expiry: IsoDate): string {
  return `${root}${expiry.replaceAll("-", "").slice(2)}${right}${Math.round((strike ?? 0) * 1000)}`;
}

/** In Hong Kong a month's options end on its second last weekday. */
function expires(market: FutuMarket, rule: ExpiryRule, start: IsoDate): IsoDate {
  const date = expiryDate(rule, start);
  if (market === "US" || rule.rule !== "third-friday") return date;
  const first = Temporal.PlainDate.from(date).with({ day: 1 });
  let left = 2;
  for (let day = first.add({ months: 1 }).subtract({ days: 1 });; day = day.subtract({ days: 1 })) {
    if (day.dayOfWeek <= 5 && --left === 0) return day.toString();
  }
}
