/** One row of trades or trade confirmations, decoded. */
import type { Instrument } from "../../../domain/instrument.ts";
import type { EpochMs } from "../../../domain/time.ts";
import { readDecimal } from "./decimals.ts";
import { isContractFault, type RowAttributes, type RowInstruments } from "./flex_contract.ts";
import { readStatementTime } from "./statement_time.ts";

/** Where a row stands. */
export interface RowPlace {
  readonly row: number;
  readonly line: number;
  readonly element: string;
}

export interface RowContext {
  /** The row's own account, else its statement's. */
  readonly account: string;
  /** Of a time that has none behind it. */
  readonly zone: string;
  readonly instruments: RowInstruments;
}

export interface TradeRow extends RowPlace {
  readonly account: string;
  readonly execId: string;
  /** The broker's number of the trade, which its cancellation and correction repeat; empty when not said. */
  readonly tradeId: string;
  /** Rises with every row that the broker books; empty when not said. */
  readonly transactionId: string;
  readonly instrument: Instrument;
  /** Signed; of a cancellation what it takes back, so of the opposite sign. */
  readonly quantity: number;
  readonly price: number;
  readonly at: EpochMs;
  readonly zoneAssumed: boolean;
  /** Positive is paid; null when not said or, with `commissionFault`, not to be trusted. */
  readonly commission: number | null;
  readonly commissionCurrency: string;
  readonly commissionFault: RowFault | null;
  readonly taxes: number | null;
  readonly realizedPnl: number | null;
  /** What it takes back; null for a row that takes nothing back. */
  readonly cancels: { readonly tradeId: string; readonly transactionId: string } | null;
  readonly exchange: string;
  readonly orderId: string;
  readonly orderRef: string;
  readonly transactionType: string;
  readonly raw: string;
}

export interface RowFault {
  readonly attribute: string;
  readonly found: string;
  readonly reason: string;
}

/** Trades and trade confirmations name the same things differently. */
const NAMES = {
  execId: ["ibExecID", "execID"],
  price: ["tradePrice", "price"],
  commission: ["ibCommission", "commission"],
  commissionCurrency: ["ibCommissionCurrency", "commissionCurrency"],
  orderId: ["ibOrderID", "orderID"],
  taxes: ["taxes", "tax"],
} as const;

/** True for a row that takes an earlier one back. */
export function isCancellation(row: RowAttributes): boolean {
  return /\(Ca\.?\)/i.test(row.buySell ?? "") || (row.transactionType ?? "") === "TradeCancel";
}

/** True for rows of executions. Orders, closed lots and summaries repeat them in other sums. */
export function isExecutionLevel(row: RowAttributes): boolean {
  const level = (row.levelOfDetail ?? "").toUpperCase();
  return level === "" || level === "EXECUTION";
}

/** The trade number whose rows belong together; empty when the row names none. */
export function tradeGroup(row: RowAttributes, account: string): string {
  const id = isCancellation(row) ? identifier(row.origTradeID) || identifier(row.tradeID) : identifier(row.tradeID);
  return id === "" ? "" : `${account}|${id}`;
}

/** The row, or what is wrong with it. */
export function readTradeRow(
  place: RowPlace,
  row: RowAttributes,
  { account, zone, instruments }: RowContext,
): TradeRow | RowFault {
  if (account === "") return fault(row, "accountId", "the account belongs there; add it to the Flex query");
  const instrument = instruments.of(row);
  if (isContractFault(instrument)) return instrument;
  const time = readStatementTime(timeText(row), zone);
  if (time === null) {
    return {
      attribute: "dateTime",
      found: timeText(row),
      reason: "a date and time such as 20261120;103045 belong there",
    };
  }
  const price = needed(row, nameOf(row, NAMES.price));
  if (typeof price !== "number") return price;
  const quantity = signedQuantity(row);
  if (typeof quantity !== "number") return quantity;
  const execId = executionId(row);
  if (execId === "" && !isCancellation(row)) {
    return fault(
      row,
      nameOf(row, NAMES.execId),
      "an execution or trade number belongs there; add it to the Flex query",
    );
  }
  const taxes = readDecimal(first(row, NAMES.taxes));
  if (taxes === undefined) return fault(row, nameOf(row, NAMES.taxes), "a number belongs there");
  const realizedPnl = readDecimal(row.fifoPnlRealized);
  if (realizedPnl === undefined) return fault(row, "fifoPnlRealized", "a number belongs there");
  return {
    ...place,
    account,
    execId,
    tradeId: identifier(row.tradeID),
    transactionId: identifier(row.transactionID),
    instrument,
    quantity,
    price,
    ...time,
    ...readCommission(row, instrument),
    taxes: taxes === null ? null : 0 - taxes,
    realizedPnl: opensOnly(row) ? null : realizedPnl,
    cancels: isCancellation(row)
      ? {
        tradeId: identifier(row.origTradeID) || identifier(row.tradeID),
        transactionId: identifier(row.origTransactionID),
      }
      : null,
    exchange: row.exchange === "--" ? "" : row.exchange ?? "",
    orderId: identifier(first(row, NAMES.orderId)),
    orderRef: row.orderReference ?? "",
    transactionType: row.transactionType ?? "",
    raw: rawOf(row),
  };
}

export function isRowFault(decoded: TradeRow | RowFault): decoded is RowFault {
  return "reason" in decoded;
}

/** The row as it came, as JSON. Attributes that the query has but the row leaves empty say nothing and are left out. */
export function rawOf(row: RowAttributes): string {
  const members: string[] = [];
  for (const name in row) {
    const value = row[name]!;
    if (value !== "") members.push(`"${name}":${quoted(value)}`);
  }
  // Joined, and not added to one by one: a text made by adding keeps all its pieces, many times its own size, alive.
  return `{${members.join(",")}}`;
}

/** Most values need no escape, and finding that out is much cheaper than writing each as JSON. A name never needs one. */
function quoted(value: string): string {
  return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
}

const PLAIN = /^[ !#-[\]-~]*$/;

function executionId(row: RowAttributes): string {
  const own = identifier(first(row, NAMES.execId));
  if (own !== "") return own;
  // Trade confirmations and statements agree on the trade's number; the transaction's is the statement's alone.
  const number = identifier(row.tradeID) || identifier(row.transactionID);
  return number === "" ? "" : `flex-${number}`;
}

/**
 * Sales are negative. Whoever writes them without a sign means the same; a purchase of less than nothing is a contradiction.
 * A cancellation of a purchase is negative, whichever way it is written.
 */
function signedQuantity(row: RowAttributes): number | RowFault {
  const quantity = needed(row, "quantity");
  if (typeof quantity !== "number") return quantity;
  if (quantity === 0) return fault(row, "quantity", "an execution of nothing is none");
  const side = (row.buySell ?? "").toUpperCase();
  const bought = side.startsWith("BUY");
  if (!bought && !side.startsWith("SELL")) {
    return side === "" ? quantity : fault(row, "buySell", "BUY or SELL belongs there");
  }
  const adds = bought !== isCancellation(row);
  if (adds && quantity < 0 && !isCancellation(row)) {
    return fault(row, "quantity", "a purchase has a quantity above 0");
  }
  return adds ? Math.abs(quantity) : -Math.abs(quantity);
}

/**
 * The currency of a commission is often left out of queries. It is the contract's, but for currency pairs: there it is the
 * account's, which the row does not say.
 */
function readCommission(
  row: RowAttributes,
  instrument: Instrument,
): Pick<TradeRow, "commission" | "commissionCurrency" | "commissionFault"> {
  const name = nameOf(row, NAMES.commission);
  const amount = readDecimal(row[name]);
  const written = (first(row, NAMES.commissionCurrency) ?? "").toUpperCase();
  const currency = written || (instrument.assetType === "FOREX" ? "" : instrument.currency);
  const none = { commission: null, commissionCurrency: currency };
  if (amount === undefined) return { ...none, commissionFault: fault(row, name, "a number belongs there") };
  if (amount === null) return { ...none, commissionFault: null };
  if (!/^[A-Z]{3}$/.test(currency)) {
    const attribute = nameOf(row, NAMES.commissionCurrency);
    return { ...none, commissionFault: fault(row, attribute, "a currency of three letters belongs there") };
  }
  // Statements write what is paid below 0, and what is given back above. 0 − 0 is 0, where −0 would be another zero.
  return { commission: 0 - amount, commissionCurrency: currency, commissionFault: null };
}

function opensOnly(row: RowAttributes): boolean {
  return (row.openCloseIndicator ?? "").trim().toUpperCase() === "O";
}

function timeText(row: RowAttributes): string {
  const whole = row.dateTime ?? "";
  const isDateAlone = whole.length <= "2026-11-20".length;
  return isDateAlone && row.tradeTime ? `${row.tradeDate || whole};${row.tradeTime}` : whole;
}

function needed(row: RowAttributes, attribute: string): number | RowFault {
  const value = readDecimal(row[attribute]);
  if (value === undefined || value === null) return fault(row, attribute, "a number belongs there");
  return value;
}

/** An order number of 0 and the like mean none. */
function identifier(text: string | undefined): string {
  const trimmed = (text ?? "").trim();
  return trimmed === "0" || trimmed === "--" ? "" : trimmed;
}

function first(row: RowAttributes, names: readonly string[]): string | undefined {
  return row[nameOf(row, names)];
}

/** Whichever of the names the row has a value under; the first when it has none. */
function nameOf(row: RowAttributes, names: readonly string[]): string {
  return names.find((name) => (row[name] ?? "") !== "") ?? names[0]!;
}

function fault(row: RowAttributes, attribute: string, reason: string): RowFault {
  return { attribute, found: attribute === "accountId" ? "" : row[attribute] ?? "", reason };
}
