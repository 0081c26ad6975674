/**
 * Reads IBKR Flex statements: activity statements and trade confirmations as XML, any number of statements and accounts in
 * one file.
 *
 * A file is read twice. The first pass proves it whole, so that of a damaged one nothing is handed out, and finds which trades
 * are cancelled; the second hands out the items. Memory does not grow with the file.
 */
import type { StatementItem } from "./statement_item.ts";
import { NoStatement, statementAccount, StatementReader } from "./statement_reader.ts";
import type { StatementSource } from "./statement_source.ts";
import { STATEMENT_ZONE } from "./statement_time.ts";
import { isCancellation, isExecutionLevel, tradeGroup } from "./trade_row.ts";
import { UnreadableXml, XmlElements } from "./xml_elements.ts";

/** Why a file cannot be read at all. Nothing of it was handed out. */
export class StatementRefused extends Error {
  override readonly name = "StatementRefused";
  constructor(readonly source: string, reason: string, cause?: unknown) {
    super(`Cannot read the Flex statement ${source}: ${reason}`, { cause });
  }
}

export interface StatementOptions {
  /** What the file is called in errors. */
  readonly name: string;
  /** Zone of times that have none behind them, as the Flex query is set. New York's when left out. */
  readonly zone?: string;
  /** A larger file is refused. 1 GiB when left out: a year of 1,000,000 trades with every field. */
  readonly mostBytes?: number;
  readonly signal?: AbortSignal;
}

const MOST_BYTES = 1024 ** 3;
/** More cancelled trades than any year has; each keeps its rows in memory until the file ends. */
const MOST_CANCELLED = 10_000;

/**
 * The items of a file, as lists of what each piece completed: hand over a list, then ask for the next. The last item is the
 * tally. A row that cannot be read is a fault among the items and the rest goes on. An item's texts keep the 64 KiB alive that
 * they were cut from, so store a few thousand at a time and let them go.
 *
 * @throws {StatementRefused} for a file that is too large, cut off, no XML, or no Flex statement
 * @throws the source's own error when it cannot be opened or read, and the signal's reason
 */
export async function* readStatements(
  source: StatementSource,
  options: StatementOptions,
): AsyncGenerator<readonly StatementItem[], void, void> {
  const cancelled = await provenCancellations(source, options);
  const reader = new StatementReader({ zone: options.zone ?? STATEMENT_ZONE, cancelled });
  for await (const bytes of bounded(source, options)) {
    const items = refusing(options, () => reader.read(bytes));
    if (items.length > 0) yield items;
  }
  yield refusing(options, () => reader.end());
}

async function provenCancellations(source: StatementSource, options: StatementOptions): Promise<Set<string>> {
  const cancelled = new Set<string>();
  let account = "";
  const elements = new XmlElements({
    open: (name, row, depth) => {
      if (name === "FlexStatement") account = statementAccount(row);
      if (depth === 1 || (name !== "Trade" && name !== "TradeConfirm") || !isCancellation(row)) return;
      if (!isExecutionLevel(row)) return;
      cancelled.add(tradeGroup(row, (row.accountId ?? "").trim() || account));
      if (cancelled.size > MOST_CANCELLED) throw new NoStatement(`it cancels more than ${MOST_CANCELLED} trades`);
    },
  });
  for await (const bytes of bounded(source, options)) refusing(options, () => elements.write(bytes));
  refusing(options, () => elements.end());
  cancelled.delete("");
  return cancelled;
}

async function* bounded(source: StatementSource, options: StatementOptions): AsyncGenerator<Uint8Array> {
  const mostBytes = options.mostBytes ?? MOST_BYTES;
  let total = 0;
  for await (const bytes of source()) {
    options.signal?.throwIfAborted();
    total += bytes.length;
    if (total > mostBytes) {
      throw new StatementRefused(options.name, `it is larger than ${mostBytes} bytes: query fewer days at a time`);
    }
    yield bytes;
  }
}

function refusing<T>(options: StatementOptions, read: () => T): T {
  try {
    return read();
  } catch (fault) {
    if (fault instanceof UnreadableXml || fault instanceof NoStatement) {
      throw new StatementRefused(options.name, fault.message, fault);
    }
    throw fault;
  }
}
