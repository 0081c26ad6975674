/** The contract that a statement's row names, by the same rules as the API's contracts. */
import type { Contract } from "@stoqey/ib/dist/api/contract/contract.js";
import type { SecType } from "@stoqey/ib/dist/api/data/enum/sec-type.js";
import { parseContractSymbol } from "../../../domain/contract_symbols.ts";
import type { AssetType, Instrument } from "../../../domain/instrument.ts";
import { assetTypeOf, decodeContract } from "../decode/contract.ts";
import { readDecimal } from "./decimals.ts";

/** The attributes of a row. */
export type RowAttributes = Readonly<Record<string, string>>;

/** Options whose premium is settled daily are options all the same. */
const SEC_TYPES: Readonly<Record<string, string>> = { FSOPT: "OPT", FSFOP: "FOP" };
/** `ESZ6`, `MESM26`: the class, the month's letter, the year. */
const FUTURE = /^([A-Z0-9]+?)[FGHJKMNQUVXZ]\d{1,2}$/;
/** `EWZ6 C5900`: the class of the option, its month, the right and strike. */
const FUTURE_OPTION = /^([A-Z0-9]+?)[FGHJKMNQUVXZ]\d{1,2} [CP]\d/;

/** What stands in the way of knowing the contract. */
export interface ContractFault {
  readonly attribute: string;
  readonly found: string;
  readonly reason: string;
}

/** A row of a combination: its legs stand on rows of their own. */
export function isCombinationRow(row: RowAttributes): boolean {
  return (row.assetCategory ?? "").toUpperCase() === "BAG";
}

/**
 * The instrument, or what is missing of it. A statement's `symbol` is the API's local symbol; its underlying's symbol is the
 * API's symbol. It has no trading class: that is taken from the local symbol, so that the key is the same from both.
 */
function rowInstrument(row: RowAttributes): Instrument | ContractFault {
  const category = (row.assetCategory ?? "").toUpperCase();
  const fault = missing(row, category);
  if (fault !== null) return fault;
  const strike = readDecimal(row.strike);
  const multiplier = readDecimal(row.multiplier);
  const conId = readDecimal(row.conid);
  if (strike === undefined) return notNumber(row, "strike");
  if (multiplier === undefined) return notNumber(row, "multiplier");
  if (conId === undefined) return notNumber(row, "conid");
  const contract: Contract = {
    secType: (SEC_TYPES[category] ?? category) as SecType,
    symbol: symbolOf(row, category),
    localSymbol: row.symbol ?? "",
    tradingClass: classOf(row.symbol ?? ""),
    currency: row.currency ?? "",
    right: row.putCall ?? "",
    lastTradeDateOrContractMonth: row.expiry ?? "",
    // Where a fill happened to be made is no part of the contract.
    primaryExch: row.listingExchange ?? "",
  } as Contract;
  if (strike !== null) contract.strike = strike;
  if (multiplier !== null) contract.multiplier = multiplier;
  if (conId !== null) contract.conId = conId;
  return incomplete(row, assetTypeOf(contract.secType), decodeContract(contract));
}

/** The attributes that an instrument is made of. */
const READ = [
  ...["conid", "symbol", "underlyingSymbol", "assetCategory", "currency", "strike", "expiry", "putCall", "multiplier"],
  "listingExchange",
] as const;
const MOST_REMEMBERED = 10_000;

/** The instruments of a file, each decoded once: the same few contracts stand on most rows. */
export class RowInstruments {
  readonly #known = new Map<string, Instrument>();

  of(row: RowAttributes): Instrument | ContractFault {
    let text = "";
    for (const name of READ) text += `${row[name] ?? ""}\n`;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const decoded = rowInstrument(row);
    if (isContractFault(decoded)) return decoded;
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    const own = detached(decoded);
    this.#known.set(text, own);
    return own;
  }
}

/**
 * A copy with strings of its own. A piece of a text keeps the whole text alive: kept as they came, ten thousand short names
 * would hold on to most of the file.
 */
export function detached<T extends object>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

export function isContractFault(decoded: Instrument | ContractFault): decoded is ContractFault {
  return "reason" in decoded;
}

function missing(row: RowAttributes, category: string): ContractFault | null {
  if (category === "") return absent("assetCategory", "the kind of contract is not known");
  if ((row.symbol ?? "") === "") return absent("symbol", "the contract is not named");
  if (!/^[A-Za-z]{3}$/.test(row.currency ?? "")) {
    return { attribute: "currency", found: row.currency ?? "", reason: "a currency of three letters belongs there" };
  }
  return null;
}

/** A derivative without its terms would be another contract. */
function incomplete(row: RowAttributes, assetType: AssetType, instrument: Instrument): Instrument | ContractFault {
  if (assetType === "OPTION" || assetType === "FUTURE_OPTION" || assetType === "FUTURE") {
    if (instrument.expiry === null) {
      return { attribute: "expiry", found: row.expiry ?? "", reason: "the date of expiry belongs there" };
    }
    if ((row.multiplier ?? "") === "") return absent("multiplier", "a contract's size is never guessed");
  }
  if (assetType !== "OPTION" && assetType !== "FUTURE_OPTION") return instrument;
  if (instrument.strike === null) {
    return { attribute: "strike", found: row.strike ?? "", reason: "a strike above 0 belongs there" };
  }
  return instrument.right === null
    ? { attribute: "putCall", found: row.putCall ?? "", reason: "P or C belongs there" }
    : instrument;
}

function symbolOf(row: RowAttributes, category: string): string {
  const symbol = row.symbol ?? "";
  const underlying = row.underlyingSymbol ?? "";
  switch (category) {
    case "OPT":
    case "FSOPT":
    case "WAR":
    case "IOPT": {
      const coded = parseContractSymbol(symbol);
      return underlying || (coded?.kind === "option" ? coded.symbol : symbol);
    }
    case "FUT":
      return underlying || (FUTURE.exec(symbol)?.[1] ?? symbol);
    case "FOP":
    case "FSFOP":
      // Its underlying is one future (ESZ6), whose name without the month is the API's symbol.
      return FUTURE.exec(underlying)?.[1] ?? (underlying || symbol);
    default:
      return symbol;
  }
}

function classOf(localSymbol: string): string {
  const coded = parseContractSymbol(localSymbol);
  if (coded?.kind === "option") return coded.tradingClass;
  return FUTURE_OPTION.exec(localSymbol)?.[1] ?? FUTURE.exec(localSymbol)?.[1] ?? "";
}

function absent(attribute: string, reason: string): ContractFault {
  return { attribute, found: "", reason };
}

function notNumber(row: RowAttributes, attribute: string): ContractFault {
  return { attribute, found: row[attribute] ?? "", reason: "a number belongs there" };
}
