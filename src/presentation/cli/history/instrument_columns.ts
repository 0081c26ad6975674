/** The columns that name a contract, and whose fill it is. */
import type { FillSource } from "../../../application/ports/store_records.ts";
import type { Instrument } from "../../../domain/instrument.ts";
import { contractName } from "../../format.ts";
import type { Column } from "./column.ts";

/**
 * `AAPL 18Dec26 187.5 P` in a table; its fields one by one in files.
 *
 * @param withCurrency a table shows the currency too: where its rows are in several
 */
export function instrumentColumns<Row>(instrumentOf: (row: Row) => Instrument, withCurrency = false): Column<Row>[] {
  const field = <Key extends keyof Instrument>(key: Key): Column<Row> => ({
    key,
    value: (row) => instrumentOf(row)[key],
  });
  return [
    {
      key: "contract",
      value: (row) => contractName(instrumentOf(row)),
      shown: { title: "Contract", text: (row) => contractName(instrumentOf(row)), words: true, rank: 0 },
    },
    field("symbol"),
    field("underlying"),
    field("assetType"),
    field("expiry"),
    field("strike"),
    field("right"),
    field("multiplier"),
    withCurrency
      ? {
        ...field("currency"),
        shown: { title: "Ccy", text: (row) => instrumentOf(row).currency || "?", words: true, rank: 0 },
      }
      : field("currency"),
  ];
}

/** Whose fill it is: a column of its own in files, and in a table where its rows are of both brokers. */
export function brokerColumn<Row>(
  sourceOf: (row: Row) => FillSource,
  { rank, withBroker }: { readonly rank: number; readonly withBroker: boolean },
): Column<Row> {
  const shown = { title: "Broker", text: sourceOf, words: true, rank };
  return { key: "source", value: sourceOf, shown: withBroker ? shown : undefined };
}

/** Whether the rows are of more than one broker. */
export function areSeveralBrokers(rows: Iterable<{ readonly source: FillSource }>): boolean {
  return new Set(Array.from(rows, ({ source }) => source)).size > 1;
}

/** Whether the contracts are in more than one currency. */
export function areSeveralCurrencies(instruments: Iterable<Instrument>): boolean {
  return new Set(Array.from(instruments, ({ currency }) => currency)).size > 1;
}

/** A currency as a heading: one that is not known is called so. */
export function currencyName(currency: string): string {
  return currency === "" ? "unknown currency" : currency;
}
