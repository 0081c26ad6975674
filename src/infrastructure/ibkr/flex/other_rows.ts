/** Rows that say what happened beside the trades: conversion rates, corporate actions, the life of options. */
import { readDecimal } from "./decimals.ts";
import { isContractFault, type RowAttributes, type RowInstruments } from "./flex_contract.ts";
import type { StatementCorporateAction, StatementOptionEvent, StatementRate } from "./statement_item.ts";
import { readStatementDate } from "./statement_time.ts";
import { rawOf, type RowFault } from "./trade_row.ts";

type OtherItem = StatementRate | StatementCorporateAction | StatementOptionEvent;

/** `OptionEAE` is both the list, without attributes, and each row in it. */
export function isOtherRow(element: string, row: RowAttributes): boolean {
  if (element === "ConversionRate" || element === "CorporateAction") return true;
  return element === "OptionEAE" && row.transactionType !== undefined;
}

export function readOtherRow(
  element: string,
  row: RowAttributes,
  account: string,
  instruments: RowInstruments,
): OtherItem | RowFault {
  if (element === "ConversionRate") return readRate(row);
  if (account === "") return { attribute: "accountId", found: "", reason: "the account belongs there" };
  return element === "CorporateAction"
    ? readCorporateAction(row, account, instruments)
    : readOptionEvent(row, account, instruments);
}

function readRate(row: RowAttributes): StatementRate | RowFault {
  const date = readStatementDate(row.reportDate ?? "");
  const rate = readDecimal(row.rate);
  if (date === null) return fault(row, "reportDate", "a date belongs there");
  if (rate === undefined || rate === null || !(rate > 0)) return fault(row, "rate", "a number above 0 belongs there");
  const from = (row.fromCurrency ?? "").toUpperCase();
  const to = (row.toCurrency ?? "").toUpperCase();
  if (from === "") return fault(row, "fromCurrency", "a currency belongs there");
  if (to === "") return fault(row, "toCurrency", "a currency belongs there");
  return { kind: "rate", date, from, to, rate };
}

function readCorporateAction(
  row: RowAttributes,
  account: string,
  instruments: RowInstruments,
): StatementCorporateAction | RowFault {
  const instrument = instruments.of(row);
  if (isContractFault(instrument)) return instrument;
  const quantity = readDecimal(row.quantity);
  if (quantity === undefined) return fault(row, "quantity", "a number belongs there");
  return {
    kind: "corporate-action",
    account,
    type: row.type ?? "",
    description: row.actionDescription || row.description || "",
    instrument,
    date: dateOf(row.dateTime) ?? dateOf(row.reportDate),
    quantity,
    raw: rawOf(row),
  };
}

function readOptionEvent(
  row: RowAttributes,
  account: string,
  instruments: RowInstruments,
): StatementOptionEvent | RowFault {
  const instrument = instruments.of(row);
  if (isContractFault(instrument)) return instrument;
  const quantity = readDecimal(row.quantity);
  if (quantity === undefined) return fault(row, "quantity", "a number belongs there");
  const realizedPnl = readDecimal(row.realizedPnl);
  if (realizedPnl === undefined) return fault(row, "realizedPnl", "a number belongs there");
  const type = row.transactionType ?? "";
  return {
    kind: "option-event",
    account,
    type,
    instrument,
    date: dateOf(row.date),
    quantity,
    realizedPnl,
    raw: rawOf(row),
  };
}

/** The day of a date or of a date with a time behind it. */
function dateOf(text: string | undefined): string | null {
  const [day = ""] = /^[\d-]+/.exec(text ?? "") ?? [];
  return readStatementDate(day);
}

function fault(row: RowAttributes, attribute: string, reason: string): RowFault {
  return { attribute, found: row[attribute] ?? "", reason };
}
