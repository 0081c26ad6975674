/** `apex history fills`: the trade list. */
import type { Fill } from "../../../application/ports/store_records.ts";
import { fromUnits, QUANTITY_PLACES, toUnits } from "../../../domain/history/exact.ts";
import { count } from "../../format.ts";
import { type Column, instantCell } from "./column.ts";
import { fittedTable } from "./fitted_table.ts";
import {
  areSeveralBrokers,
  areSeveralCurrencies,
  brokerColumn,
  currencyName,
  instrumentColumns,
} from "./instrument_columns.ts";
import type { HistoryLook } from "./look.ts";
import { NewestRows } from "./newest_rows.ts";

/** Longer lists are for files. */
const MOST_ROWS = 1_000;

/** What a table shows beside the rest, where its rows differ in it. */
interface Shown {
  readonly withCurrency: boolean;
  readonly withBroker: boolean;
}

export function fillColumns(
  { format, account, time }: HistoryLook,
  { withCurrency, withBroker }: Shown = { withCurrency: false, withBroker: false },
): Column<Fill>[] {
  const words = (title: string, rank: number, text: (row: Fill) => string) => ({ title, text, words: true, rank });
  return [
    {
      key: "executedAt",
      value: ({ execution }) => instantCell(execution.executedAt),
      shown: words("Time", 0, ({ execution }) => time(execution.executedAt)),
    },
    {
      key: "account",
      value: ({ execution }) => execution.account,
      shown: words("Account", 4, ({ execution }) => account(execution.account)),
    },
    brokerColumn<Fill>(({ source }) => source, { rank: 5, withBroker }),
    ...instrumentColumns<Fill>(({ execution }) => execution.instrument, withCurrency),
    {
      key: "side",
      value: ({ execution }) => sideOf(execution.quantity),
      shown: words("Side", 0, ({ execution }) => sideOf(execution.quantity) ?? "void"),
    },
    {
      key: "quantity",
      value: ({ execution }) => execution.quantity,
      shown: { title: "Qty", text: ({ execution }) => format.quantity(Math.abs(execution.quantity)), rank: 0 },
    },
    {
      key: "price",
      value: ({ execution }) => execution.price,
      shown: { title: "Price", text: ({ execution }) => priceText(execution), rank: 0 },
    },
    {
      key: "value",
      value: valueOf,
      shown: { title: "Value", text: (row) => format.money(Math.abs(valueOf(row))), rank: 5 },
    },
    {
      key: "commission",
      value: ({ commission }) => commission?.amount ?? null,
      shown: { title: "Fees", text: feeText, rank: 2 },
    },
    { key: "commissionCurrency", value: ({ commission }) => commission?.currency ?? null },
    {
      key: "realizedPnl",
      value: ({ commission }) => commission?.realizedPnl ?? null,
      shown: {
        title: "Realized",
        text: ({ commission }) => format.decimals(commission?.realizedPnl ?? null, 2),
        rank: 3,
      },
    },
    {
      key: "exchange",
      value: ({ execution }) => execution.exchange,
      shown: words("Exchange", 6, ({ execution }) => execution.exchange ?? ""),
    },
    {
      key: "orderId",
      value: ({ execution }) => execution.orderId,
      shown: words("Order", 7, ({ execution }) => execution.orderId ?? ""),
    },
    { key: "orderRef", value: ({ execution }) => execution.orderRef },
    {
      key: "execId",
      value: ({ execution }) => execution.execId,
      shown: words("Execution", 8, ({ execution }) => execution.execId),
    },
    { key: "origin", value: ({ execution }) => execution.origin },
  ];

  function priceText({ price, instrument }: Fill["execution"]): string {
    return format.price(price, instrument.assetType === "FOREX" ? "rate" : "price");
  }

  /** The currency stands beside it where it is not the contract's. */
  function feeText({ execution, commission }: Fill): string {
    const amount = format.decimals(commission?.amount ?? null, 2);
    if (commission === null || commission.currency === execution.instrument.currency) return amount;
    return `${amount} ${commission.currency}`;
  }
}

/** Null: the broker cancelled it. */
function sideOf(quantity: number): "BUY" | "SELL" | null {
  return quantity === 0 ? null : quantity > 0 ? "BUY" : "SELL";
}

/** quantity × multiplier × price, in the contract's currency, to eight places; negative when sold. */
function valueOf({ execution }: Fill): number {
  const { quantity, price, instrument } = execution;
  return quantity === 0 ? 0 : Number((quantity * instrument.multiplier * price).toFixed(8));
}

/** The newest fills as a table, with what all of them come to. Null when there are none. */
export async function tradeListText(
  pages: AsyncIterable<readonly Fill[]>,
  look: HistoryLook,
): Promise<string | null> {
  const newest = new NewestRows<Fill>(MOST_ROWS, ({ execution }) => execution.executedAt);
  const totals = new TradeTotals();
  for await (const page of pages) {
    for (const fill of page) {
      newest.add(fill);
      totals.add(fill);
    }
  }
  if (newest.count === 0) return null;
  const rows = newest.newest();
  const shown = {
    withCurrency: areSeveralCurrencies(rows.map(({ execution }) => execution.instrument)),
    withBroker: areSeveralBrokers(rows),
  };
  const zone = `Times in ${look.zone}.`;
  const older = newest.count - rows.length;
  const cut = older === 0 ? "" : ` The ${count(older, "oldest fill")} are left out: --format csv has all.`;
  return [
    fittedTable(fillColumns(look, shown), rows, { width: look.width }),
    `${count(newest.count, "fill")}. ${zone}${cut}\n`,
    ...totals.lines(look),
  ].join("");
}

/** By currency: what was bought, sold and paid. */
class TradeTotals {
  readonly #bought = new Map<string, bigint>();
  readonly #sold = new Map<string, bigint>();
  readonly #fees = new Map<string, bigint>();
  #withoutCommission = 0;
  #cancelled = 0;

  add(fill: Fill): void {
    const value = valueOf(fill);
    const { currency } = fill.execution.instrument;
    if (value !== 0) plus(value > 0 ? this.#bought : this.#sold, currency, Math.abs(value));
    if (fill.execution.quantity === 0) this.#cancelled++;
    if (fill.commission === null) this.#withoutCommission++;
    else plus(this.#fees, fill.commission.currency, fill.commission.amount);
  }

  lines({ format }: HistoryLook): string[] {
    const currencies = [...new Set([...this.#bought.keys(), ...this.#sold.keys(), ...this.#fees.keys()])].sort();
    const of = (map: ReadonlyMap<string, bigint>, currency: string, digits: number) =>
      format.decimals(fromUnits(map.get(currency) ?? 0n, QUANTITY_PLACES), digits);
    const lines = currencies.map((currency) =>
      `${currencyName(currency)}: bought ${of(this.#bought, currency, 0)}, sold ${of(this.#sold, currency, 0)}, ` +
      `fees ${of(this.#fees, currency, 2)}\n`
    );
    if (this.#withoutCommission > 0) {
      lines.push(`The commission of ${count(this.#withoutCommission, "fill")} is not known and in no sum.\n`);
    }
    if (this.#cancelled > 0) lines.push(`${count(this.#cancelled, "fill")} cancelled by the broker (void).\n`);
    return lines;
  }
}

function plus(sums: Map<string, bigint>, currency: string, amount: number): void {
  sums.set(currency, (sums.get(currency) ?? 0n) + toUnits(amount, QUANTITY_PLACES));
}
