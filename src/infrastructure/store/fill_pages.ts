/** Current fills as they are read back: IBKR's executions in their newest correction, and Futu's deals that were not cancelled. */
import type { TimeRange } from "../../application/ports/store.ts";
import type { Fill, FillSource } from "../../application/ports/store_records.ts";
import { feeShares } from "../../domain/history/fee_share.ts";
import type { EpochMs } from "../../domain/time.ts";
import { COMMISSIONS, EXECUTIONS, INSTRUMENTS } from "./execution_tables.ts";
import { FUTU_DEALS, FUTU_ORDERS } from "./futu_tables.ts";
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
import { dealFrom, fillFrom } from "./read_records.ts";
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
  /** The page's fills with what they cost, where the page does not say. */
  withCosts?(read: Read, page: readonly Fill[]): Promise<readonly Fill[]>;
}

const IB_OUTPUT = [...columnsOf(EXECUTIONS, "e"), ...columnsOf(INSTRUMENTS, "i"), ...columnsOf(COMMISSIONS, "c")];

const FUTU_OUTPUT: readonly Output[] = [
  ...columnsOf(FUTU_DEALS, "e"),
  ...columnsOf(INSTRUMENTS, "i"),
  ...columnsOf(FUTU_ORDERS, "o").filter(({ name }) => name === "o.remark"),
];

const SHARE_OUTPUT: readonly Output[] = [
  { name: "s.order_id", kind: "text" },
  { name: "s.deal_id", kind: "text" },
  { name: "s.quantity", kind: "decimal" },
  { name: "f.amount", kind: "decimal" },
  { name: "f.currency", kind: "text" },
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
    page: ({ account, from, to, after }) =>
      select(FUTU_OUTPUT)`FROM futu_raw_deals e JOIN instruments i ON i.instrument_key = e.instrument_key
        LEFT JOIN futu_raw_orders o ON o.account_id = e.account_id AND o.order_id = e.order_id
        WHERE e.account_id = ${text(account)} AND e.executed_at >= ${time(from)} AND e.executed_at < ${
        time(to)
      } ${after}
          AND e.deal_status <> 'CANCELLED'
        ORDER BY e.executed_at, e.deal_id LIMIT ${integer(PAGE)}`,
    decode: dealFrom,
    withCosts: withFeeShares,
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
  const { page: query, decode, id, withCosts } = TABLES[source];
  const idColumn: Clause = { parts: [id] };
  let start = from;
  let after = clause``;
  for (;;) {
    const page = await read(query({ account, from: start, to, after }), decode);
    if (page.length > 0) yield await withCosts?.(read, page) ?? page;
    const last = page.at(-1)?.execution;
    if (last === undefined || page.length < PAGE) return;
    // The page begins where the last one ended: by the pair alone, all that was read before would be read again.
    start = last.executedAt;
    after = clause`AND (e.executed_at, ${idColumn}) > (${time(last.executedAt)}, ${text(last.execId)})`;
  }
}

/** One part of an order's fee, and the deal that it is of. */
interface Share {
  readonly orderId: string;
  readonly dealId: string;
  readonly quantity: number;
  readonly fee: number;
  readonly currency: string;
}

/** Every deal of the page's orders is read, also those of other pages: they share the fee. It covers those before it was asked for. */
async function withFeeShares(read: Read, page: readonly Fill[]): Promise<readonly Fill[]> {
  const [first, last] = [page[0]!.execution, page.at(-1)!.execution];
  const shares = await read(
    select(SHARE_OUTPUT)`FROM futu_raw_fees f JOIN futu_raw_deals s ON s.account_id = f.account_id
        AND s.order_id = f.order_id AND s.executed_at <= f.updated_at AND s.deal_status <> 'CANCELLED'
      WHERE f.account_id = ${text(first.account)} AND f.order_id IN (SELECT e.order_id FROM futu_raw_deals e
        WHERE e.account_id = ${text(first.account)} AND e.executed_at >= ${time(first.executedAt)}
          AND e.executed_at <= ${time(last.executedAt)})
      ORDER BY s.order_id, s.executed_at, s.deal_id`,
    shareFrom,
  );
  const amounts = new Map<string, { readonly amount: number; readonly currency: string }>();
  for (const own of Map.groupBy(shares, ({ orderId }) => orderId).values()) {
    const parts = feeShares(own[0]!.fee, own.map(({ quantity }) => quantity));
    own.forEach(({ dealId, currency }, at) => {
      const amount = parts[at];
      if (amount !== undefined) amounts.set(dealId, { amount, currency });
    });
  }
  return page.map((fill) => {
    const cost = amounts.get(fill.execution.execId);
    return cost === undefined ? fill : { ...fill, commission: { ...cost, realizedPnl: null } };
  });
}

function shareFrom(cells: Cells): Share {
  return {
    orderId: cells.text("s.order_id"),
    dealId: cells.text("s.deal_id"),
    quantity: cells.number("s.quantity"),
    fee: cells.number("f.amount"),
    currency: cells.text("f.currency"),
  };
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
