/** Current fills as they are read back: IBKR's executions in their newest correction, and Futu's deals that were not cancelled. */
import type { TimeRange } from "../../application/ports/store.ts";
import type { Fill, FillSource } from "../../application/ports/store_records.ts";
import type { EpochMs } from "../../domain/time.ts";
import { COMMISSIONS, EXECUTIONS, INSTRUMENTS } from "./execution_tables.ts";
import { FUTU_DEALS, FUTU_FEES, FUTU_ORDERS } from "./futu_tables.ts";
import {
  type Cells,
  type Clause,
  clause,
  columnsOf,
  integer,
  type Output,
  type Query,
  select,
  text,
  time,
} from "./query.ts";
import { dealFillFrom, fillFrom, SHARING_BEFORE, SHARING_WHOLE } from "./read_records.ts";
import type { Layout } from "./table.ts";

/** Fills of one page: some 0.4 MB. What larger ones leave behind is collected so late that 200 MB do not do. */
const PAGE = 1_000;

export type Read = <Row>(query: Query, decode: (cells: Cells) => Row) => Promise<readonly Row[]>;

/** Whose fills there are. */
interface Owner {
  readonly account: string;
  readonly source: FillSource;
}

interface PageQuery {
  readonly account: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** What the page before has not read yet. */
  readonly after: Clause;
}

interface FillTable {
  readonly table: Layout;
  /** The column that tells fills of one instant apart. */
  readonly id: string;
  page(query: PageQuery): Query;
  decode(cells: Cells): Fill;
}

const IB_OUTPUT = [...columnsOf(EXECUTIONS, "e"), ...columnsOf(INSTRUMENTS, "i"), ...columnsOf(COMMISSIONS, "c")];

const FUTU_OUTPUT: readonly Output[] = [
  ...columnsOf(FUTU_DEALS, "e"),
  ...columnsOf(INSTRUMENTS, "i"),
  ...columnsOf(FUTU_ORDERS, "o").filter(({ name }) => name === "o.remark"),
  ...columnsOf(FUTU_FEES, "f").filter(({ name }) => name === "f.amount" || name === "f.currency"),
  { name: SHARING_BEFORE, kind: "decimal" },
  { name: SHARING_WHOLE, kind: "decimal" },
];

const TABLES: Readonly<Record<FillSource, FillTable>> = {
  IB: {
    table: EXECUTIONS,
    id: "e.exec_id",
    page: ({ account, from, to, after }) =>
      select(IB_OUTPUT)`FROM ib_raw_executions e JOIN instruments i ON i.instrument_key = e.instrument_key
        LEFT JOIN ib_raw_commissions c ON c.account_id = e.account_id AND c.exec_id = e.exec_id
        WHERE e.account_id = ${text(account)} AND e.executed_at >= ${time(from)} AND e.executed_at < ${
        time(to)
      } ${after}
          AND NOT EXISTS (SELECT 1 FROM ib_raw_executions n
            WHERE n.account_id = e.account_id AND n.exec_id >= e.exec_root AND n.exec_id < e.exec_root || '/'
              AND n.exec_root = e.exec_root AND n.correction > e.correction)
        ORDER BY e.executed_at, e.exec_id LIMIT ${integer(PAGE)}`,
    decode: fillFrom,
  },
  FUTU: {
    table: FUTU_DEALS,
    id: "e.deal_id",
    // A fee covers the deals up to when it was asked for.
    page: ({ account, from, to, after }) =>
      select(FUTU_OUTPUT)`FROM futu_raw_deals e JOIN instruments i ON i.instrument_key = e.instrument_key
        LEFT JOIN futu_raw_orders o ON o.account_id = e.account_id AND o.order_id = e.order_id
        LEFT JOIN futu_raw_fees f ON f.account_id = e.account_id AND f.order_id = e.order_id
          AND f.updated_at >= e.executed_at
        WHERE e.account_id = ${text(account)} AND e.executed_at >= ${time(from)} AND e.executed_at < ${
        time(to)
      } ${after}
          AND e.deal_status <> 'CANCELLED'
        ORDER BY e.executed_at, e.deal_id LIMIT ${integer(PAGE)}`,
    decode: dealFillFrom,
  },
};

const SOURCES: readonly FillSource[] = ["IB", "FUTU"];

/** One account after the other, so that each page continues where the last ended in the accounts' own index. */
export async function* fillPages(read: Read, { account, from, to }: TimeRange): AsyncIterable<readonly Fill[]> {
  const owners = account === null ? await ownersOf(read) : SOURCES.map((source) => ({ source, account }));
  for (const owner of owners) yield* pagesOf(read, owner, from, to);
}

async function* pagesOf(
  read: Read,
  { source, account }: Owner,
  from: EpochMs,
  to: EpochMs,
): AsyncIterable<readonly Fill[]> {
  const { page: query, decode, id } = TABLES[source];
  const idColumn: Clause = { parts: [id] };
  let start = from;
  let after = clause``;
  for (;;) {
    const page = await read(query({ account, from: start, to, after }), decode);
    if (page.length > 0) yield page;
    const last = page.at(-1)?.execution;
    if (last === undefined || page.length < PAGE) return;
    // The page begins where the last one ended: by the pair alone, all that was read before would be read again.
    start = last.executedAt;
    after = clause`AND (e.executed_at, ${idColumn}) > (${time(last.executedAt)}, ${text(last.execId)})`;
  }
}

async function ownersOf(read: Read): Promise<readonly Owner[]> {
  const owners: Owner[] = [];
  for (const source of SOURCES) {
    const name: Clause = { parts: [TABLES[source].table.name] };
    const query = select([{ name: "e.account_id", kind: "text" }])`FROM ${name} e GROUP BY e.account_id`;
    owners.push(...await read(query, (cells) => ({ source, account: cells.text("e.account_id") })));
  }
  return owners.sort((one, other) => one.account < other.account ? -1 : one.account > other.account ? 1 : 0);
}
