/**
 * Finds the contract that a manual entry means.
 *
 * What an entry leaves out matches anything: one known contract that agrees with the rest is it, several are a fault
 * that lists them. When none agrees the entry stands by itself, with defaults for what they can be given for.
 */
import { type Instrument, instrumentKey, isOption } from "../../domain/instrument.ts";
import type { Fault } from "../config/fault.ts";
import type { ManualEntry, NamedFields } from "./manual_entry.ts";

/** The contracts that brokers have named so far. */
export interface KnownContracts {
  /** Changes whenever the answers may. */
  revision(): number;
  /** Contracts that may be meant; those that contradict the fields are sorted out here, so all of a symbol will do. */
  candidates(fields: NamedFields): readonly Instrument[];
}

export interface ResolvedEntry {
  readonly entry: ManualEntry;
  readonly instrument: Instrument;
  /** No broker has named it. */
  readonly ownMaking: boolean;
}

export interface Resolution {
  readonly resolved: readonly ResolvedEntry[];
  /** What makes the file faulty: several contracts could be meant, or two entries are the same. */
  readonly faults: readonly Fault[];
  /** Entries that lack something which only a contract known later can tell: left out of the positions until then. */
  readonly waiting: readonly Fault[];
}

interface Lookup {
  readonly known: KnownContracts;
  /** Null while it is not known. */
  readonly baseCurrency: string | null;
  /** Keys that earlier resolutions made up themselves: no broker's word. */
  readonly ownKeys: ReadonlySet<string>;
}

export function resolveEntries(entries: readonly ManualEntry[], lookup: Lookup): Resolution {
  const resolved: ResolvedEntry[] = [];
  const faults: Fault[] = [];
  const waiting: Fault[] = [];
  const seen = new Map<string, ManualEntry>();
  for (const entry of entries) {
    const matches = matchingContracts(entry.fields, lookup);
    const [only, ...others] = matches;
    const lacking = only === undefined ? whatLacks(entry.fields, lookup.baseCurrency) : null;
    if (others.length > 0) faults.push(severalFault(entry, matches));
    else if (lacking !== null) waiting.push(entryFault(entry, lacking));
    else {
      const instrument = only ?? byDefaults(entry.fields, lookup.baseCurrency ?? "");
      const identity = `${entry.account}|${instrumentKey(instrument)}`;
      const first = seen.get(identity);
      if (first !== undefined) faults.push(twiceFault(entry, first));
      seen.set(identity, first ?? entry);
      resolved.push({ entry, instrument, ownMaking: only === undefined });
    }
  }
  return { resolved, faults, waiting };
}

/** One instrument a key; an exchange only decides between several, for brokers route one contract to many. */
function matchingContracts(fields: NamedFields, { known, ownKeys }: Lookup): readonly Instrument[] {
  const byKey = new Map<string, Instrument>();
  for (const candidate of known.candidates(fields)) {
    if (!agrees(fields, candidate)) continue;
    const key = instrumentKey(candidate);
    if (candidate.conId !== null || !ownKeys.has(key)) byKey.set(key, candidate);
  }
  const matches = [...byKey.values()];
  const atExchange = matches.filter((match) => match.exchange === fields.exchange);
  return matches.length > 1 && atExchange.length > 0 ? atExchange : matches;
}

function agrees(fields: NamedFields, candidate: Instrument): boolean {
  if (fields.conId !== null) return candidate.conId === fields.conId;
  const says = <T>(said: T | null, is: T | null) => said === null || said === is;
  return fields.symbol === candidate.symbol && fields.assetType === candidate.assetType &&
    says(fields.underlying, candidate.underlying) && says(fields.strike, candidate.strike) &&
    says(fields.right, candidate.right) && says(fields.currency, candidate.currency) &&
    says(fields.multiplier, candidate.multiplier) && says(fields.tradingClass, candidate.tradingClass) &&
    (fields.expiry === null || (candidate.expiry ?? "").startsWith(fields.expiry));
}

/** What the entry would need to stand by itself; null when it can. */
function whatLacks(fields: NamedFields, baseCurrency: string | null): string | null {
  const { assetType, expiry, strike, right, multiplier, currency } = fields;
  const lacking: string[] = [];
  const expires = isOption(assetType) || assetType === "FUTURE";
  if (expires && expiry === null) lacking.push("expiry");
  if (expiry !== null && expiry.length < "YYYY-MM-DD".length) lacking.push("the day of expiry");
  if (isOption(assetType) && strike === null) lacking.push("strike");
  if (isOption(assetType) && right === null) lacking.push("right");
  if (multiplier === null && defaultMultiplier(fields) === null) lacking.push("multiplier");
  if (currency === null && baseCurrency === null) lacking.push("currency (or portfolio.base_currency)");
  if (lacking.length === 0) return null;
  return `no contract of a broker fits ${described(fields)}, and by itself the entry lacks ${lacking.join(", ")}`;
}

function defaultMultiplier({ assetType }: NamedFields): number | null {
  if (assetType === "OPTION") return 100;
  return assetType === "FUTURE" || assetType === "FUTURE_OPTION" || assetType === "WARRANT" ? null : 1;
}

function byDefaults(fields: NamedFields, baseCurrency: string): Instrument {
  return {
    symbol: fields.symbol,
    underlying: fields.underlying ?? fields.symbol,
    assetType: fields.assetType,
    expiry: fields.expiry,
    strike: fields.strike,
    right: fields.right,
    currency: fields.currency ?? baseCurrency,
    multiplier: fields.multiplier ?? defaultMultiplier(fields) ?? 1,
    tradingClass: fields.tradingClass ?? "",
    exchange: fields.exchange ?? "",
    localSymbol: "",
    conId: fields.conId,
    priceMagnifier: 1,
    minTick: null,
  };
}

const LISTED_CANDIDATES = 8;

function severalFault(entry: ManualEntry, matches: readonly Instrument[]): Fault {
  const shown = matches.slice(0, LISTED_CANDIDATES).map(contractText);
  const more = matches.length > shown.length ? `; and ${matches.length - shown.length} more` : "";
  const problem = `${described(entry.fields)} could be ${matches.length} contracts: ${shown.join("; ")}${more}`;
  return { ...entryFault(entry, problem), allowed: "fields that leave one (currency, trading_class, multiplier, ...)" };
}

function twiceFault(entry: ManualEntry, first: ManualEntry): Fault {
  return entryFault(
    entry,
    `${
      described(entry.fields)
    } stands in the same account a second time; first in line ${first.place.line}: add the two up`,
  );
}

function entryFault({ place }: ManualEntry, problem: string): Fault {
  return { place, key: "", problem, found: null, allowed: null, nearest: null };
}

function described({ symbol, assetType, expiry, strike, right }: NamedFields): string {
  return [symbol, assetType, expiry, strike, right].filter((part) => part !== null).join(" ");
}

function contractText(contract: Instrument): string {
  const { symbol, expiry, strike, right, currency, multiplier, tradingClass, exchange } = contract;
  return [
    symbol,
    expiry,
    strike,
    right,
    currency,
    `multiplier ${multiplier}`,
    tradingClass === "" ? null : `class ${tradingClass}`,
    exchange === "" ? null : `at ${exchange}`,
  ].filter((part) => part !== null).join(" ");
}
