/** `apex history pnl --by-symbol`: realized results by symbol. */
import type { SymbolResult } from "../../../application/history_report/realized_by_symbol.ts";
import { knownSum } from "../../../application/history_report/known_sum.ts";
import { count } from "../../format.ts";
import { wrapped } from "../../terminal/frame.ts";
import type { Column } from "./column.ts";
import { fittedTable } from "./fitted_table.ts";
import { currencyName } from "./instrument_columns.ts";
import type { HistoryLook } from "./look.ts";

export function realizedColumns({ format }: HistoryLook): Column<SymbolResult>[] {
  const whole = (title: string, key: Counted, rank: number): Column<SymbolResult> => ({
    key,
    value: (row) => row[key],
    shown: { title, text: (row) => format.quantity(row[key]), rank },
  });
  return [
    {
      key: "symbol",
      value: (row) => row.symbol,
      shown: { title: "Symbol", text: (row) => row.symbol, words: true, rank: 0 },
    },
    { key: "currency", value: (row) => row.currency },
    {
      key: "realizedPnl",
      value: (row) => row.realizedPnl,
      shown: {
        title: "Realized",
        text: (row) => format.decimals(row.realizedPnl, 2) + markOf(row.realizedPnl, leavesOut(row)),
        rank: 0,
      },
    },
    {
      key: "commissions",
      value: (row) => row.commissions,
      shown: {
        title: "Fees",
        text: (row) => format.decimals(row.commissions, 2) + (row.lotsWithoutCommission > 0 ? "x" : ""),
        rank: 2,
      },
    },
    {
      key: "net",
      value: (row) => row.net,
      shown: {
        title: "Net",
        text: (row) => format.decimals(row.net, 2) + markOf(row.net, leavesOut(row) || row.lotsWithoutCommission > 0),
        rank: 0,
      },
    },
    {
      key: "brokerRealizedPnl",
      value: (row) => row.brokerRealizedPnl,
      shown: { title: "Broker", text: brokerText, rank: 3 },
    },
    whole("Trips", "roundTrips", 4),
    whole("Lots", "lots", 6),
    whole("Fills", "fills", 5),
    whole("Unmatched", "unmatchedFills", 1),
    { key: "lotsWithoutCommission", value: (row) => row.lotsWithoutCommission },
    { key: "expiredOpen", value: (row) => row.expiredOpen },
    { key: "fillsWithoutBroker", value: (row) => row.fillsWithoutBroker },
  ];

  function brokerText({ brokerRealizedPnl, fillsWithoutBroker }: SymbolResult): string {
    return format.decimals(brokerRealizedPnl, 2) + markOf(brokerRealizedPnl, fillsWithoutBroker > 0);
  }
}

type Counted = "roundTrips" | "lots" | "fills" | "unmatchedFills";

/** Something was closed of which no result is known. */
function leavesOut(row: SymbolResult): boolean {
  return row.unmatchedFills > 0 || row.expiredOpen > 0;
}

function markOf(value: number | null, isPartial: boolean): string {
  return isPartial && value !== null ? "x" : "";
}

/** One table a currency. */
export function realizedText(rows: readonly SymbolResult[], look: HistoryLook): string {
  const tables = Array.from(Map.groupBy(rows, (row) => row.currency), ([currency, own]) => {
    const heading = `Realized by symbol, first in first out, ${currencyName(currency)}\n`;
    return heading + fittedTable(realizedColumns(look), own, { width: look.width, totals: totals(own, look) });
  });
  const marks = notes(rows).map((note) => wrapped(note, look.width).map((line) => `${line}\n`).join(""));
  return [...tables, marks.join("")].filter((part) => part !== "").join("\n");
}

function totals(rows: readonly SymbolResult[], { format }: HistoryLook): Map<string, string> {
  const sum = (key: "realizedPnl" | "commissions" | "net" | "brokerRealizedPnl", isPartial: boolean) => {
    const total = knownSum(rows.map((row) => row[key])).sum;
    return format.decimals(total, 2) + markOf(total, isPartial);
  };
  const isPartial = rows.some(leavesOut);
  const uncounted = rows.some((row) => row.lotsWithoutCommission > 0);
  const whole = (key: Counted) => format.quantity(rows.reduce((total, row) => total + row[key], 0));
  return new Map([
    ["symbol", "Total"],
    ["realizedPnl", sum("realizedPnl", isPartial)],
    ["commissions", sum("commissions", uncounted)],
    ["net", sum("net", isPartial || uncounted)],
    ["brokerRealizedPnl", sum("brokerRealizedPnl", rows.some((row) => row.fillsWithoutBroker > 0))],
    ["roundTrips", whole("roundTrips")],
    ["lots", whole("lots")],
    ["fills", whole("fills")],
    ["unmatchedFills", whole("unmatchedFills")],
  ]);
}

function notes(rows: readonly SymbolResult[]): string[] {
  const total = (key: "unmatchedFills" | "lotsWithoutCommission" | "expiredOpen" | "fillsWithoutBroker") =>
    rows.reduce((sum, row) => sum + row[key], 0);
  const [unmatched, uncounted, expired, silent] = [
    total("unmatchedFills"),
    total("lotsWithoutCommission"),
    total("expiredOpen"),
    total("fillsWithoutBroker"),
  ];
  return [
    "Broker: its own method, after its costs; two dashes where it said nothing.",
    ...(silent === 0 ? [] : [
      `Futu tells no profit of a fill: ${count(silent, "fill")} ${silent === 1 ? "is" : "are"} not in Broker.`,
    ]),
    ...(unmatched === 0 ? [] : [
      `x leaves out ${count(unmatched, "fill")} that closed what was opened before the stored history: ` +
      `apex backfill reads older trades.`,
    ]),
    ...(uncounted === 0 ? [] : [
      `x leaves out the costs of ${count(uncounted, "closed lot")}: a commission is not known, or is in another ` +
      `currency than the contract.`,
    ]),
    ...(expired === 0 ? [] : [
      `x leaves out ${count(expired, "contract")} past expiry with open lots that no stored fill closes: expired, ` +
      `exercised or assigned. Flex statements hold these closings.`,
    ]),
  ];
}
