/** Contracts as the simulated exchanges list them on the day the scenario starts. */
import type { EpochMs, IsoDate } from "../../domain/time.ts";
import type { ContractSpec, ExpiryRule } from "./scenario.ts";

export interface Listed {
  readonly spec: ContractSpec;
  readonly conId: number;
  readonly underlying: Listed | null;
  readonly localSymbol: string;
  readonly tradingClass: string;
  /** Empty for stocks, currencies and indices, as IB sends it. */
  readonly multiplierText: string;
  /** Null for contracts without expiry. */
  readonly expiry: IsoDate | null;
  /** When trading in it ends. */
  readonly expiresAt: EpochMs | null;
  /** `YYYYMMDD` in positions and executions: the last day it trades, a day before expiry for AM-settled index options. */
  readonly lastTradeDate: string;
  /** Place in the list of contracts. */
  readonly index: number;
}

/** First number given to contracts without one of their own. */
const FIRST_CONTRACT_ID = 700_000_001;

/** Every contract of a scenario on a start date, in the file's order. */
export function listContracts(specs: readonly ContractSpec[], start: IsoDate): readonly Listed[] {
  const listed = new Map<string, Listed>();
  const list = (spec: ContractSpec): Listed => {
    const known = listed.get(spec.id);
    if (known !== undefined) return known;
    const underlying = specs.find((other) => other.id === spec.underlying);
    const made = listOne(spec, specs.indexOf(spec), underlying === undefined ? null : list(underlying), start);
    listed.set(spec.id, made);
    return made;
  };
  return specs.map(list);
}

function listOne(spec: ContractSpec, index: number, underlying: Listed | null, start: IsoDate): Listed {
  const expiry = spec.expiry === null ? null : expiryDate(spec.expiry, start);
  return {
    spec,
    index,
    underlying,
    conId: spec.conId ?? FIRST_CONTRACT_ID + index,
    localSymbol: spec.localSymbol ?? localSymbol(spec, underlying, expiry),
    tradingClass: spec.tradingClass ?? (spec.type === "CASH" ? `${spec.symbol}.${spec.currency}` : spec.symbol),
    multiplierText: ["OPT", "FUT", "FOP"].includes(spec.type) ? String(spec.multiplier) : "",
    expiry,
    expiresAt: expiry === null ? null : expiryInstant(spec, expiry),
    lastTradeDate: expiry === null ? "" : compact(settlesNextMorning(spec) ? previousWeekday(expiry) : expiry),
  };
}

/** Index options settled at the open stop trading the afternoon before; IB gives that day as their last trade date. */
function settlesNextMorning(spec: ContractSpec): boolean {
  return spec.type === "OPT" && spec.settlement === "AM";
}

function expiryInstant(spec: ContractSpec, expiry: IsoDate): EpochMs {
  const time = spec.type === "FUT" || spec.settlement === "AM" ? "09:30" : "16:00";
  return Temporal.PlainDateTime.from(`${expiry}T${time}`).toZonedDateTime("America/New_York").epochMilliseconds;
}

/** The date a rule means when the scenario starts on `start`. */
export function expiryDate(rule: ExpiryRule, start: IsoDate): IsoDate {
  const from = Temporal.PlainDate.from(start);
  switch (rule.rule) {
    case "date":
      return rule.date;
    case "days":
      return onWeekday(from.add({ days: rule.count })).toString();
    case "friday": {
      const first = from.add({ days: (5 - from.dayOfWeek + 7) % 7 });
      return first.add({ days: 7 * (rule.count > 0 && first.equals(from) ? rule.count : Math.max(0, rule.count - 1)) })
        .toString();
    }
    case "third-friday":
      return thirdFriday(from.add({ months: rule.count }).with({ day: 1 })).toString();
    case "quarter": {
      let month = from.with({ day: 1 });
      for (let left = rule.count;;) {
        if (month.month % 3 === 0) {
          const date = thirdFriday(month);
          if (from.until(date).days >= 14 && left-- === 0) return date.toString();
        }
        month = month.add({ months: 1 });
      }
    }
  }
}

function thirdFriday(firstOfMonth: Temporal.PlainDate): Temporal.PlainDate {
  return firstOfMonth.add({ days: (5 - firstOfMonth.dayOfWeek + 7) % 7 + 14 });
}

function onWeekday(date: Temporal.PlainDate): Temporal.PlainDate {
  return date.dayOfWeek > 5 ? date.add({ days: 8 - date.dayOfWeek }) : date;
}

function previousWeekday(date: IsoDate): IsoDate {
  const day = Temporal.PlainDate.from(date);
  return day.subtract({ days: day.dayOfWeek === 1 ? 3 : 1 }).toString();
}

/** The date without its dashes. */
export function compact(date: IsoDate): string {
  return date.replaceAll("-", "");
}

const MONTH_CODES = "FGHJKMNQUVXZ";

function localSymbol(spec: ContractSpec, underlying: Listed | null, expiry: IsoDate | null): string {
  if (expiry === null) return spec.type === "CASH" ? `${spec.symbol}.${spec.currency}` : spec.symbol;
  const monthCode = MONTH_CODES[Number(expiry.slice(5, 7)) - 1] + expiry.slice(3, 4);
  switch (spec.type) {
    case "FUT":
      return `${spec.symbol}${monthCode}`;
    case "FOP":
      return `${underlying?.spec.symbol ?? spec.symbol}${monthCode} ${spec.right}${spec.strike}`;
    default: {
      // The symbol of the Options Clearing Corporation: six characters, date, right, strike in thousandths.
      const strike = Math.round((spec.strike ?? 0) * 1000).toString().padStart(8, "0");
      return `${(spec.tradingClass ?? spec.symbol).padEnd(6)}${compact(expiry).slice(2)}${spec.right}${strike}`;
    }
  }
}
