/** IBKR's contracts to instruments. */
import type { Contract } from "@stoqey/ib/dist/api/contract/contract.js";
import type { ContractDetails } from "@stoqey/ib/dist/api/contract/contractDetails.js";
import { type AssetType, type Instrument, isOption, type Right } from "../../../domain/instrument.ts";
import type { IsoDate } from "../../../domain/time.ts";
import { magnifierOf, multiplierOf, present } from "./numbers.ts";

const ASSET_TYPES: Readonly<Record<string, AssetType>> = {
  STK: "STOCK",
  OPT: "OPTION",
  FUT: "FUTURE",
  CONTFUT: "FUTURE",
  FOP: "FUTURE_OPTION",
  CASH: "FOREX",
  IND: "INDEX",
  CRYPTO: "CRYPTO",
  BOND: "BOND",
  BILL: "BOND",
  FUND: "FUND",
  WAR: "WARRANT",
  IOPT: "WARRANT",
};

export function assetTypeOf(secType: string | undefined): AssetType {
  return ASSET_TYPES[(secType ?? "").toUpperCase()] ?? "UNKNOWN";
}

/** IBKR's security type for an asset type; null for one that cannot be asked for. */
export function secTypeOf(assetType: AssetType): string | null {
  for (const [secType, known] of Object.entries(ASSET_TYPES)) if (known === assetType) return secType;
  return null;
}

/** A combination: its legs arrive on their own. */
export function isCombination(contract: Contract): boolean {
  return (contract.secType ?? "").toUpperCase() === "BAG";
}

/**
 * The instrument that a contract names, as well as the message knows it; contract details make it better.
 *
 * `symbol` of a currency pair is the pair (EUR.USD): its IBKR symbol alone is a currency. Fields that the message lacks
 * are null, empty or 1 (multiplier, price magnifier). An option without a readable expiry is of an unknown type.
 */
export function decodeContract(contract: Contract, details: ContractDetails | null = null): Instrument {
  const kind = assetTypeOf(contract.secType);
  const expiry = isOption(kind) || kind === "FUTURE" ? expiryOf(contract, details) : null;
  // An option whose date cannot be read is not one that never expires: it is listed as what it is, not understood.
  const assetType = expiry === null && (kind === "OPTION" || kind === "FUTURE_OPTION") ? "UNKNOWN" : kind;
  const currency = (contract.currency ?? "").toUpperCase();
  const symbol = symbolOf(contract, assetType, currency);
  const option = isOption(assetType);
  return {
    symbol,
    // Adjusted options may carry a symbol of their own (AAPL1); a futures option's underlying is one future, not the name.
    underlying: assetType === "OPTION" ? details?.underSymbol || symbol : symbol,
    assetType,
    expiry,
    strike: option ? positive(contract.strike) : null,
    right: option ? rightOf(contract.right) : null,
    currency,
    multiplier: multiplierOf(contract.multiplier),
    tradingClass: contract.tradingClass ?? "",
    exchange: contract.primaryExch || contract.exchange || "",
    localSymbol: contract.localSymbol ?? "",
    conId: (contract.conId ?? 0) > 0 ? contract.conId! : null,
    priceMagnifier: magnifierOf(details?.priceMagnifier),
    minTick: positive(details?.minTick),
  };
}

function symbolOf(contract: Contract, assetType: AssetType, currency: string): string {
  const symbol = contract.symbol ?? "";
  if (assetType !== "FOREX") return symbol;
  return symbol.includes(".") ? symbol : `${symbol}.${currency}`;
}

/**
 * The date in the contract's name: that of the OCC symbol, else the real expiration date, else the last trade date, which
 * IBKR shifts with the login's time zone and which says Thursday for index options settled on Friday morning.
 */
function expiryOf(contract: Contract, details: ContractDetails | null): IsoDate | null {
  return occExpiry(contract.localSymbol ?? "") ?? isoDate(details?.realExpirationDate) ??
    isoDate(contract.lastTradeDateOrContractMonth) ?? isoDate(contract.lastTradeDate);
}

/** "AAPL  251219C00150000" expires on 2025-12-19; null when the symbol is not of that form. */
export function occExpiry(localSymbol: string): IsoDate | null {
  const match = /^\S{1,6}\s*(\d{6})[CP]\d{8}$/.exec(localSymbol.trim());
  return match === null ? null : isoDate(`20${match[1]}`);
}

/** `YYYYMMDD`, also with a time behind it, as a date; null for anything else and for dates that do not exist. */
export function isoDate(text: string | undefined): IsoDate | null {
  const match = /^(\d{4})-?(\d{2})-?(\d{2})(?!\d)/.exec((text ?? "").trim());
  if (match === null) return null;
  const date = `${match[1]}-${match[2]}-${match[3]}`;
  const parsed = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== date ? null : date;
}

function rightOf(right: string | undefined): Right | null {
  const first = (right ?? "").charAt(0).toUpperCase();
  return first === "C" || first === "P" ? first : null;
}

function positive(value: number | undefined): number | null {
  const known = present(value);
  return known === null || known <= 0 ? null : known;
}

/** True for contract details, whatever the library's types call them. */
export function isDetails(value: unknown): value is ContractDetails {
  return typeof value === "object" && value !== null && "contract" in value && typeof value.contract === "object";
}
