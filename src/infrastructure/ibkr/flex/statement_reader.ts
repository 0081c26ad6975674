/** From elements to items: one pass over the XML of a Flex query's answer. */
import type { ExecutionRecord } from "../../../application/ports/store_records.ts";
import { detached, isCombinationRow, type RowAttributes, RowInstruments } from "./flex_contract.ts";
import { isOtherRow, readOtherRow } from "./other_rows.ts";
import { ANSWER_ROOT, STATEMENT_ROOT } from "./service_answer.ts";
import type { StatementExecution, StatementFault, StatementItem } from "./statement_item.ts";
import { readStatementDate, readStatementTime } from "./statement_time.ts";
import { type SettledTrade, settleGroup, standing } from "./trade_groups.ts";
import {
  isExecutionLevel,
  isRowFault,
  readTradeRow,
  type RowFault,
  type RowPlace,
  tradeGroup,
  type TradeRow,
} from "./trade_row.ts";
import { XmlElements } from "./xml_elements.ts";

/** The XML is sound, and yet no Flex statement. */
export class NoStatement extends Error {
  override readonly name = "NoStatement";
}

export interface ReaderOptions {
  /** Of times that have none behind them. */
  readonly zone: string;
  /** Trade numbers with a cancellation somewhere in the file: their rows wait for each other. */
  readonly cancelled: ReadonlySet<string>;
}

const SKIPPED = new Set(["Order", "Lot", "SymbolSummary", "AssetSummary", "WashSale"]);
const LONGEST_FOUND = 40;
/** The broker corrects a trade a few times; each row waits in memory. */
const MOST_ROWS_OF_A_TRADE = 1000;

export class StatementReader {
  readonly #options: ReaderOptions;
  readonly #elements: XmlElements;
  readonly #waiting = new Map<string, TradeRow[]>();
  readonly #accounts = new Set<string>();
  readonly #instruments = new RowInstruments();
  #items: StatementItem[] = [];
  #row = 0;
  #account = "";
  #declared: number | null = null;
  #statements = 0;
  #executions = 0;
  #cancelled = 0;
  #skipped = 0;
  #faults = 0;
  #zoneAssumed = 0;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#elements = new XmlElements({
      open: (name, attributes, depth) => this.#open(name, attributes, depth),
    });
  }

  /** What the next bytes complete. @throws {UnreadableXml} @throws {NoStatement} */
  read(bytes: Uint8Array): StatementItem[] {
    this.#elements.write(bytes);
    return this.#take();
  }

  /** What waited for the end, and the tally. @throws {UnreadableXml} when the file was cut off */
  end(): StatementItem[] {
    this.#elements.end();
    for (const rows of this.#waiting.values()) this.#settle(rows);
    this.#waiting.clear();
    if (this.#declared !== null && this.#declared !== this.#statements) {
      const reason =
        `${this.#declared} statements are announced and ${this.#statements} are there: fetch the file again`;
      this.#fault({ row: 0, line: 1, element: "FlexStatements" }, { attribute: "count", found: "", reason }, "nothing");
    }
    this.#items.push({
      kind: "tally",
      statements: this.#statements,
      accounts: [...this.#accounts].sort(),
      executions: this.#executions,
      cancelled: this.#cancelled,
      skipped: this.#skipped,
      faults: this.#faults,
      zoneAssumed: this.#zoneAssumed,
      zone: this.#options.zone,
    });
    return this.#take();
  }

  #take(): StatementItem[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  #open(name: string, row: RowAttributes, depth: number): void {
    if (depth === 1) return checkRoot(name);
    switch (name) {
      case "FlexStatements":
        this.#declared = /^\d+$/.test(row.count ?? "") ? Number(row.count) : null;
        return;
      case "FlexStatement":
        return this.#begin(row);
      case "Trade":
      case "TradeConfirm":
        return this.#trade({ row: ++this.#row, line: this.#elements.line, element: name }, row);
      default:
        if (SKIPPED.has(name)) this.#skipped++;
        else if (isOtherRow(name, row)) {
          this.#other({ row: ++this.#row, line: this.#elements.line, element: name }, row);
        }
    }
  }

  #begin(row: RowAttributes): void {
    this.#statements++;
    this.#account = statementAccount(row);
    this.#items.push({
      kind: "statement",
      account: this.#account || null,
      from: readStatementDate(row.fromDate ?? ""),
      to: readStatementDate(row.toDate ?? ""),
      generatedAt: readStatementTime(row.whenGenerated ?? "", this.#options.zone)?.at ?? null,
    });
  }

  #trade(place: RowPlace, row: RowAttributes): void {
    if (!isExecutionLevel(row) || isCombinationRow(row)) {
      this.#skipped++;
      return;
    }
    const account = (row.accountId ?? "").trim() || this.#account;
    const decoded = readTradeRow(place, row, { account, zone: this.#options.zone, instruments: this.#instruments });
    if (isRowFault(decoded)) return this.#fault(place, decoded, "row");
    const group = tradeGroup(row, account);
    if (group === "" && decoded.cancels !== null) return this.#fault(place, NAMELESS, "row");
    if (!this.#options.cancelled.has(group)) return this.#trades([standing(decoded)]);
    this.#wait(group, decoded);
  }

  #wait(group: string, row: TradeRow): void {
    const waiting = this.#waiting.get(group) ?? [];
    if (waiting.length >= MOST_ROWS_OF_A_TRADE) {
      throw new NoStatement(`a cancelled trade has more than ${MOST_ROWS_OF_A_TRADE} rows`);
    }
    // It waits until the file ends, and must not keep the text that it was read from.
    waiting.push(detached(row));
    this.#waiting.set(group, waiting);
  }

  #settle(rows: readonly TradeRow[]): void {
    const { trades, orphans } = settleGroup(rows);
    this.#trades(trades);
    for (const orphan of orphans) this.#fault(orphan, orphaned(orphan), "row");
  }

  #trades(trades: readonly SettledTrade[]): void {
    for (const trade of trades) {
      const { row } = trade;
      this.#accounts.add(row.account);
      this.#executions++;
      if (trade.cancelled) this.#cancelled++;
      if (row.zoneAssumed) this.#zoneAssumed++;
      if (row.commissionFault !== null) this.#fault(row, row.commissionFault, "commission");
      this.#items.push(executionOf(trade));
    }
  }

  #other(place: RowPlace, row: RowAttributes): void {
    const account = (row.accountId ?? "").trim() || this.#account;
    const decoded = readOtherRow(place.element, row, account, this.#instruments);
    if ("reason" in decoded) this.#fault(place, decoded, "row");
    else this.#items.push(decoded);
  }

  #fault(place: RowPlace, { attribute, found, reason }: RowFault, lost: StatementFault["lost"]): void {
    this.#faults++;
    const shown = found.slice(0, LONGEST_FOUND);
    const where = place.row === 0 ? place.element : `Row ${place.row} (${place.element}, line ${place.line})`;
    const what = shown === "" ? `${attribute} is missing` : `${attribute} is "${shown}"`;
    this.#items.push({
      kind: "fault",
      row: place.row === 0 ? null : place.row,
      line: place.line,
      element: place.element,
      attribute,
      found: shown,
      lost,
      message: place.row === 0 ? `${where}: ${reason}` : `${where}: ${what}: ${reason}`,
    });
  }
}

/** A statement of several accounts calls itself "-", and each row names its own. */
export function statementAccount(row: RowAttributes): string {
  const account = (row.accountId ?? "").trim();
  return account === "-" ? "" : account;
}

const NAMELESS: RowFault = {
  attribute: "origTradeID",
  found: "",
  reason: "a cancellation that names no trade; add the original trade's number to the Flex query",
};

function orphaned(row: TradeRow): RowFault {
  return {
    attribute: "origTradeID",
    found: row.cancels?.tradeId ?? "",
    reason:
      "no earlier row has the number, quantity and price that it cancels; read a statement that covers the trade's day",
  };
}

function checkRoot(name: string): void {
  if (name === STATEMENT_ROOT) return;
  const other = name === ANSWER_ROOT
    ? "it is the web service's answer to a request, not a statement: fetch the statement again"
    : `its first element is ${
      name.slice(0, LONGEST_FOUND)
    }, not ${STATEMENT_ROOT}: export an activity or trade confirmation Flex query as XML`;
  throw new NoStatement(other);
}

function executionOf({ row, cancelled, commission, taxes, realizedPnl }: SettledTrade): StatementExecution {
  const { account, execId } = row;
  const execution: ExecutionRecord = {
    account,
    execId,
    instrument: row.instrument,
    quantity: cancelled ? 0 : row.quantity,
    price: row.price,
    executedAt: row.at,
    exchange: row.exchange || null,
    orderId: row.orderId || null,
    orderRef: row.orderRef || null,
    origin: "STATEMENT",
    raw: row.raw,
  };
  const currency = row.commissionCurrency;
  // One currency stands for both amounts in the record: a profit in another one stays out of it.
  const told = currency === row.instrument.currency ? realizedPnl : null;
  return {
    kind: "execution",
    execution,
    commission: commission === null
      ? null
      : { account, execId, amount: commission, currency, realizedPnl: told, origin: "STATEMENT", raw: null },
    taxes,
    realizedPnl,
    zoneAssumed: row.zoneAssumed,
    cancelled,
    transactionType: row.transactionType,
    row: row.row,
  };
}
