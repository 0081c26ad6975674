/**
 * Brings a store's tables to what this program expects: numbered migrations, forward only, each in one transaction under a
 * lock, so that two programs that start together run each of them once. What was applied is recorded with the checksum of
 * its text, and a store that does not agree with this program's migrations is left alone.
 */
import { StoreFault } from "./ports/store.ts";

/** One numbered SQL file of this program. */
export interface Migration {
  /** From 1 without a gap. */
  readonly number: number;
  /** The file's name without number and ending. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text, in hexadecimal. */
  readonly checksum: string;
}

/** A row of `schema_migrations`. */
export type AppliedMigration = Omit<Migration, "sql">;

/** The store that is migrated. */
export interface MigrationTarget {
  /** Without credentials. */
  readonly description: string;
  /** Lowest first; empty for a store that has no tables yet, or does not exist. Changes nothing. */
  applied(): Promise<readonly AppliedMigration[]>;
  /**
   * One transaction under the lock: asks `choose`, with what is applied by now, which migration to run, runs it, and
   * records it. Null: runs nothing. What `choose` throws is thrown on, with nothing changed.
   */
  applyNext(choose: (applied: readonly AppliedMigration[]) => Migration | null): Promise<Migration | null>;
  close(): Promise<void>;
}

export interface MigrationStatus {
  readonly applied: readonly AppliedMigration[];
  readonly pending: readonly Migration[];
}

/** @throws {StoreFault} of kind `outdated`, listing every disagreement, when the store is not one that this program may change */
export async function migrationStatus(
  known: readonly Migration[],
  target: MigrationTarget,
): Promise<MigrationStatus> {
  return compare(known, await target.applied(), target.description);
}

/**
 * Runs what is pending, up to and including number `to`, and hands out what it ran.
 *
 * @param to null: all
 * @throws {RangeError} when there is no migration `to`, or the store is already beyond it
 * @throws {StoreFault} as `migrationStatus`, and when a migration fails, which leaves those before it in place
 */
export async function migrate(
  known: readonly Migration[],
  target: MigrationTarget,
  to: number | null = null,
): Promise<readonly Migration[]> {
  const ran: Migration[] = [];
  const next = (applied: readonly AppliedMigration[]) => planned(known, applied, target.description, to)[0] ?? null;
  for (;;) {
    const migration = await target.applyNext(next);
    if (migration === null) return ran;
    ran.push(migration);
  }
}

/** What `migrate` would run now. Changes nothing. */
export async function migrationPlan(
  known: readonly Migration[],
  target: MigrationTarget,
  to: number | null = null,
): Promise<readonly Migration[]> {
  return planned(known, await target.applied(), target.description, to);
}

function planned(
  known: readonly Migration[],
  applied: readonly AppliedMigration[],
  where: string,
  to: number | null,
): readonly Migration[] {
  const { pending } = compare(known, applied, where);
  if (to === null) return pending;
  const newest = known.length;
  if (to < 1 || to > newest) {
    throw new RangeError(`Cannot migrate to ${to}: this program has the migrations 1 to ${newest}`);
  }
  const current = applied.at(-1)?.number ?? 0;
  if (to < current) {
    throw new RangeError(
      `Cannot migrate ${where} to ${to}: it is at ${current}, and migrations only go forward; restore a backup instead`,
    );
  }
  return pending.filter((migration) => migration.number <= to);
}

function compare(
  known: readonly Migration[],
  applied: readonly AppliedMigration[],
  where: string,
): MigrationStatus {
  const faults = applied.flatMap((row, at) => {
    const gap = row.number > at + 1 && row.number !== (applied[at - 1]?.number ?? 0) + 1
      ? [`${named(row)} is applied, but ${(applied[at - 1]?.number ?? 0) + 1} is not: the record has a gap`]
      : [];
    return [...gap, ...disagreement(known, row)];
  });
  if (faults.length > 0) {
    throw new StoreFault(
      "outdated",
      [
        `Cannot use ${where}: its tables are not this program's`,
        ...faults.map((fault) => `  ${fault}`),
        "Nothing was changed. Use the program that the tables belong to, or restore a backup.",
      ].join("\n"),
    );
  }
  return { applied, pending: known.slice(applied.length) };
}

function disagreement(known: readonly Migration[], row: AppliedMigration): string[] {
  const own = known[row.number - 1];
  if (own === undefined) {
    return [
      `${named(row)} is applied, but this program ends at ${known.length}: the database is newer than the program`,
    ];
  }
  if (own.name !== row.name) return [`${named(row)} is applied, but this program's ${own.number} is ${own.name}`];
  return own.checksum === row.checksum ? [] : [
    `${named(row)} was changed after it was applied: its checksum is ${own.checksum.slice(0, 12)}, not ${
      row.checksum.slice(0, 12)
    }`,
  ];
}

/** `003_breaches` */
export function named({ number, name }: Pick<Migration, "number" | "name">): string {
  return `${String(number).padStart(3, "0")}_${name}`;
}
