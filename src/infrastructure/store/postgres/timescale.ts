/** TimescaleDB: snapshots in chunks that are compressed and dropped, and risk by the hour and the day. */
import type { Migration, MigrationTarget } from "../../../application/migrations.ts";
import { StoreFault } from "../../../application/ports/store.ts";
import type { ExtensionState, StoreExtension } from "../../../application/ports/store_extension.ts";
import type { PostgresConnection } from "./connection.ts";
import { MIGRATION_LIMIT_MS, PostgresMigrations, takeMigrationLock } from "./migrations.ts";
import { TimescalePolicies } from "./timescale_policies.ts";

const RECORD = "timescale_migrations";
const NAME = "TimescaleDB";
/** The first that updates compressed rows and keys (2.11). */
const OLDEST = [2, 11] as const;
/** What the part under the Apache licence can do: hypertables, without compression, policies and aggregates. */
const APACHE_STEPS = 1;

export class Timescale implements StoreExtension {
  readonly steps: readonly Migration[];
  readonly target: MigrationTarget;
  readonly #connection: PostgresConnection;
  readonly #policies: TimescalePolicies;

  /**
   * @param connection which `target.close` closes
   * @param steps the files of migrations/timescaledb/
   * @param retentionDays after which snapshots are dropped
   */
  constructor(connection: PostgresConnection, steps: readonly Migration[], retentionDays: number) {
    this.steps = steps;
    this.target = new PostgresMigrations(connection, RECORD);
    this.#connection = connection;
    this.#policies = new TimescalePolicies(connection, retentionDays);
  }

  async state(): Promise<ExtensionState> {
    const { offered, installed, license } = await this.#found();
    if (installed !== null) return this.#enabled(installed, license);
    if (offered === null) return { kind: "absent", description: NAME, remark: "not there; plain tables", steps: 0 };
    return available(offered, "there, but not enabled in this database: apex migrate does it; plain tables until then");
  }

  async enable(): Promise<ExtensionState> {
    const before = await this.state();
    if (before.kind !== "available") return before;
    try {
      await this.#connection.call("Cannot enable TimescaleDB in", async (sql) => {
        await sql.begin(async (transaction) => {
          await takeMigrationLock(transaction);
          await transaction.unsafe("CREATE EXTENSION IF NOT EXISTS timescaledb");
        });
      }, MIGRATION_LIMIT_MS);
    } catch (fault) {
      // A server that does not load it at its start ends the connection for asking, and those words are the answer.
      if (!(fault instanceof StoreFault) || fault.kind === "timeout" || fault.kind === "locked") throw fault;
      return { ...before, remark: `not enabled: ${ownWords(fault)}; ${remedyFor(fault)}; plain tables until then` };
    }
    return await this.state();
  }

  async unsettled(): Promise<readonly string[]> {
    return await this.#hasPolicies() ? await this.#policies.unsettled() : [];
  }

  async settle(): Promise<readonly string[]> {
    return await this.#hasPolicies() ? await this.#policies.settle() : [];
  }

  async #hasPolicies(): Promise<boolean> {
    return (await this.state()).steps > APACHE_STEPS;
  }

  #enabled(version: string, license: string): ExtensionState {
    const description = `${NAME} ${version}`;
    if (isOlder(version)) {
      const remark = `too old: ALTER EXTENSION timescaledb UPDATE to ${
        OLDEST.join(".")
      } or newer; plain tables until then`;
      return { kind: "absent", description, remark, steps: 0 };
    }
    if (license !== "apache") return { kind: "enabled", description, remark: null, steps: this.steps.length };
    const remark = "under the Apache licence: hypertables, but no compression, retention or aggregates";
    return { kind: "enabled", description, remark, steps: APACHE_STEPS };
  }

  async #found() {
    const [row] = await this.#connection.call(
      "Cannot look for TimescaleDB in",
      async (sql) =>
        await sql.unsafe<{ offered: string | null; installed: string | null; license: string | null }[]>(`
        SELECT (SELECT default_version FROM pg_available_extensions WHERE name = 'timescaledb') AS offered,
          (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb') AS installed,
          current_setting('timescaledb.license', true) AS license
      `),
    );
    return { offered: row?.offered ?? null, installed: row?.installed ?? null, license: row?.license ?? "" };
  }
}

function available(version: string, remark: string): ExtensionState {
  return { kind: "available", description: `${NAME} ${version}`, remark, steps: 0 };
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part));
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

function ownWords({ cause, message }: StoreFault): string {
  return cause instanceof Error ? cause.message : message;
}

function remedyFor(fault: StoreFault): string {
  return fault.kind === "refused"
    ? "let a superuser run CREATE EXTENSION timescaledb in this database, then run apex migrate again"
    : "add timescaledb to the server's shared_preload_libraries and restart it, then run apex migrate again";
}
