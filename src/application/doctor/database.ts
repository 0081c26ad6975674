/** The database as it was found, and what it means. */
import { type Migration, named } from "../migrations.ts";
import type { StoreFaultKind } from "../ports/store.ts";
import { fail, type Finding, ok, skipped, warn } from "./finding.ts";

export type DatabaseExamination =
  /** The configuration names none. */
  | { readonly kind: "none" }
  | { readonly kind: "fault"; readonly fault: StoreFaultKind; readonly words: string }
  /** The embedded store's file is made at the first start. */
  | { readonly kind: "not-yet"; readonly description: string }
  | {
    readonly kind: "answered";
    readonly description: string;
    /** `PostgreSQL 15.8`, `SQLite 3.49.1`. */
    readonly version: string;
    /** Of a server; null for the embedded store, whose version is the program's. */
    readonly majorVersion: number | null;
    readonly applied: number;
    readonly pending: readonly Pick<Migration, "number" | "name">[];
  };

const OLDEST_MAJOR = 14;

export function databaseFinding(seen: DatabaseExamination): Finding {
  const check = "Database";
  switch (seen.kind) {
    case "none":
      return warn(
        check,
        "none is configured: nothing is kept from one start to the next",
        "Set database.dsn to sqlite:data/apex.db, or to a PostgreSQL server's address",
      );
    case "not-yet":
      return ok(check, `${seen.description} is not there yet and is made at the first start`);
    case "fault":
      return fail(check, seen.words, REMEDIES[seen.fault]);
    case "answered":
      return answered(check, seen);
  }
}

function answered(check: string, seen: Extract<DatabaseExamination, { kind: "answered" }>): Finding {
  const { description, version, majorVersion, applied, pending } = seen;
  const what = `${description} (${version})`;
  if (majorVersion !== null && majorVersion < OLDEST_MAJOR) {
    return fail(
      check,
      `${what}: APEX needs PostgreSQL ${OLDEST_MAJOR} or newer`,
      "Upgrade the server, or name another",
    );
  }
  if (pending.length === 0) return ok(check, `${what}: ${applied} migrations applied, none pending`);
  const list = pending.map(named).join(", ");
  if (majorVersion === null) return ok(check, `${what}: ${list} pending, applied by itself at the next start`);
  return fail(check, `${what}: ${list} not applied`, "Run apex migrate, or start with --auto-migrate");
}

const REMEDIES: Readonly<Record<StoreFaultKind, string>> = {
  away: "Start the server, or correct database.dsn (APEX_DATABASE_DSN)",
  timeout: "Look at the server's load and at the network between",
  locked: "Look which other program holds it, and end that",
  "read-only": "Give APEX's user the file and its folder, or name the primary server",
  full: "Make room on the disk",
  damaged:
    "Move the file with its -wal and -shm aside, or restore a backup; a monitor sets a damaged file aside by itself",
  outdated: "Use the APEX that made these tables, a newer one, or another database",
  refused: "Check user, password, rights and certificate in database.dsn (APEX_DATABASE_DSN)",
  rejected: "Run apex db check, and keep what it says",
};

/** @param hosts of its servers that the executable may not reach */
export function databaseForbidden(hosts: readonly string[]): Finding {
  return skipped("Database", `not looked at: this executable may not reach ${hosts.join(", ")}`);
}
