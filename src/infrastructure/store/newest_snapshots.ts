/**
 * The newest snapshot of each account and source. A query for each owner, which the key's index answers at once: asked for
 * all of them in one, PostgreSQL may compare every row with every other.
 */
import type { EpochMs } from "../../domain/time.ts";
import { type Clause, clause, type Database, type Output, type Query, select, text, time } from "./query.ts";
import type { Value } from "./table.ts";

export interface NewestQuery {
  /** A table of snapshots, which the query calls `t`. */
  readonly table: string;
  readonly output: Query["output"];
  /** What else is read with it. */
  readonly join?: Clause;
  readonly since: EpochMs;
  readonly until?: EpochMs | undefined;
}

/** Rows neither older than `since` nor newer than `until`, at most one of each account and source, in their order. */
export async function newestSnapshots(
  database: Database,
  { table, output, join = clause``, since, until }: NewestQuery,
): Promise<readonly (readonly Value[])[]> {
  const name: Clause = { parts: [table] };
  const bound = until === undefined ? clause`` : clause`AND t.snapshot_time <= ${time(until)}`;
  const rows: (readonly Value[])[] = [];
  for (let owner = await firstOwner(database, name); owner !== null; owner = await ownerAfter(database, name, owner)) {
    const [newest] = await database.read(
      select(output)`FROM ${name} t ${join}
        WHERE t.account_id = ${text(owner.account)} AND t.source = ${text(owner.source)}
          AND t.snapshot_time >= ${time(since)} ${bound} ORDER BY t.snapshot_time DESC LIMIT 1`,
    );
    if (newest !== undefined) rows.push(newest);
  }
  return rows;
}

interface Owner {
  readonly account: string;
  readonly source: string;
}

const OWNER: readonly Output[] = [{ name: "t.account_id", kind: "text" }, { name: "t.source", kind: "text" }];

async function firstOwner(database: Database, name: Clause): Promise<Owner | null> {
  return ownerIn(await database.read(select(OWNER)`FROM ${name} t ORDER BY t.account_id, t.source LIMIT 1`));
}

/** In two steps: of a comparison of pairs SQLite's index serves only the first half. */
async function ownerAfter(database: Database, name: Clause, { account, source }: Owner): Promise<Owner | null> {
  const sameAccount = select(OWNER)`FROM ${name} t WHERE t.account_id = ${text(account)} AND t.source > ${text(source)}
    ORDER BY t.account_id, t.source LIMIT 1`;
  const nextAccount = select(OWNER)`FROM ${name} t WHERE t.account_id > ${text(account)}
    ORDER BY t.account_id, t.source LIMIT 1`;
  return ownerIn(await database.read(sameAccount)) ?? ownerIn(await database.read(nextAccount));
}

function ownerIn([row]: readonly (readonly Value[])[]): Owner | null {
  return row === undefined ? null : { account: String(row[0]), source: String(row[1]) };
}
