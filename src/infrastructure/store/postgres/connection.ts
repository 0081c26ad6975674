/** The pool of connections, and the bounds on how long anything waits for it. */
import type { Socket } from "node:net";
import postgres from "postgres";
import type { Clock } from "../../../application/ports/clock.ts";
import { StoreFault } from "../../../application/ports/store.ts";
import { type ConnectionOptions, connectionOptions } from "./connection_options.ts";
import { postgresFault } from "./faults.ts";
import { openSocket, shownToDriver } from "./socket.ts";

/** As `settings.database` has them. */
export interface PostgresSettings {
  readonly dsn: string;
  readonly minPoolSize: number;
  readonly maxPoolSize: number;
  readonly commandTimeoutSec: number;
}

/** Calls that may wait or run at once: more means that the server does not keep up. */
const MOST_CALLS = 256;
/** After the server's own time-out, which gives the better reason. */
const GRACE_MS = 1_000;
const LONGEST_CONNECT_MS = 10_000;
/** For the server to take leave as well. */
const FAREWELL_MS = 1_000;

export type Sql = postgres.Sql;
export type Transaction = postgres.TransactionSql;

/** One driver with its sockets. It lives until one of them fails; then another takes its place. */
interface Pool {
  readonly sql: Sql;
  readonly sockets: Set<Socket>;
  /** Why it was given up; null while it is in use. */
  lost: { readonly cause: unknown } | null;
  /** Rejects when it is given up. The driver's own promises may then stay open for ever: a transaction waits for its rollback. */
  readonly gone: PromiseWithResolvers<never>;
}

export class PostgresConnection {
  readonly description: string;
  readonly #settings: PostgresSettings;
  readonly #options: ConnectionOptions;
  readonly #clock: Clock;
  readonly #ending = new Set<Promise<void>>();
  #pool: Pool | null = null;
  #calls = 0;
  /** Resolves once the last call under way has ended. */
  #idle = Promise.withResolvers<void>();
  #closed = false;

  /** Connects when it is first used. @throws {StoreFault} for an address that cannot be meant */
  constructor(settings: PostgresSettings, clock: Clock) {
    this.#settings = settings;
    this.#options = connectionOptions(settings.dsn);
    this.#clock = clock;
    const { hosts, database } = this.#options;
    this.description = `PostgreSQL ${hosts.map(({ host, port }) => `${host}:${port}`).join(",")}/${database}`;
  }

  /** Opens the smallest number of connections that the pool is to have, and learns whether there is a server. */
  async connect(): Promise<void> {
    const size = Math.max(1, Math.min(this.#settings.minPoolSize, this.#settings.maxPoolSize));
    await this.call("Cannot connect to", async (sql) => {
      await Promise.all(Array.from({ length: size }, () => sql.unsafe("SELECT 1")));
    });
  }

  /**
   * Runs `work`, for at most the command time-out (`limitMs` instead of it). When that is over, the connections are given up
   * and new ones are made for the next call, for what hangs may hang for good.
   *
   * @throws {StoreFault}
   */
  async call<Result>(
    attempt: string,
    work: (sql: Sql) => Promise<Result>,
    limitMs = this.#settings.commandTimeoutSec * 1000 + GRACE_MS,
  ): Promise<Result> {
    const tried = `${attempt} ${this.description}`;
    if (this.#closed) throw new StoreFault("away", `${tried}: it was closed`);
    if (this.#calls >= MOST_CALLS) throw new StoreFault("timeout", `${tried}: ${MOST_CALLS} calls wait for it already`);
    if (this.#calls++ === 0) this.#idle = Promise.withResolvers<void>();
    const pool = this.#pool ??= this.#open();
    const late = Promise.withResolvers<never>();
    const cancel = this.#clock.after(limitMs, () => {
      const fault = new StoreFault("timeout", `${tried}: no answer within ${limitMs / 1000} s`);
      this.#giveUp(pool, fault);
      late.reject(fault);
    });
    try {
      return await Promise.race([work(pool.sql), late.promise, pool.gone.promise]);
    } catch (fault) {
      throw asFault(tried, fault, pool);
    } finally {
      cancel();
      if (--this.#calls === 0) this.#idle.resolve();
    }
  }

  /** Lets what runs come to its end, for at most the command time-out. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#calls > 0) await this.#within(this.#settings.commandTimeoutSec * 1000, this.#idle.promise);
    const pool = this.#pool;
    if (pool !== null) {
      const sockets = [...pool.sockets];
      const farewells = sockets.map((socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())));
      this.#giveUp(pool, new StoreFault("away", `${this.description} was closed`), "in order");
      await this.#within(FAREWELL_MS, Promise.all(farewells));
      for (const socket of sockets) socket.destroy();
    }
    await Promise.all(this.#ending);
  }

  async #within(limitMs: number, done: Promise<unknown>): Promise<void> {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(limitMs, resolve);
    await Promise.race([done, over]);
    cancel();
  }

  /** Ends the pool at once; what is under way on it rejects. */
  #giveUp(pool: Pool, cause: unknown, how: "in order" | "at once" = "at once"): void {
    if (pool.lost !== null) return;
    pool.lost = { cause };
    pool.gone.reject(cause);
    if (this.#pool === pool) this.#pool = null;
    if (how === "at once") { for (const socket of pool.sockets) socket.destroy(); }
    const ending = pool.sql.end({ timeout: 0 }).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  #open(): Pool {
    const pool: Pool = {
      sql: postgres(this.#driverOptions(() => this.#newSocket(pool))),
      sockets: new Set(),
      lost: null,
      gone: Promise.withResolvers<never>(),
    };
    // Whether anybody waits for it or not.
    pool.gone.promise.catch(() => {});
    return pool;
  }

  async #newSocket(pool: Pool) {
    try {
      const socket = await openSocket(this.#options, this.#clock, this.#connectTimeoutMs);
      if (pool.lost !== null) {
        socket.destroy();
        throw pool.lost.cause;
      }
      pool.sockets.add(socket);
      let cause: unknown = new StoreFault("away", `${this.description} closed the connection`);
      socket.on("error", (fault) => cause = fault);
      socket.on("close", () => {
        pool.sockets.delete(socket);
        this.#giveUp(pool, cause);
      });
      return shownToDriver(socket);
    } catch (fault) {
      this.#giveUp(pool, fault);
      throw fault;
    }
  }

  get #connectTimeoutMs(): number {
    return Math.min(LONGEST_CONNECT_MS, this.#settings.commandTimeoutSec * 1000);
  }

  #driverOptions(socket: () => Promise<unknown>) {
    const { hosts: [first], database, user, password, applicationName } = this.#options;
    const { maxPoolSize, commandTimeoutSec } = this.#settings;
    // PostgreSQL takes whole milliseconds, and 0 for none.
    const timeoutMs = Math.max(1, Math.round(commandTimeoutSec * 1000));
    const options: postgres.Options<Record<string, never>> = {
      host: first!.host,
      port: first!.port,
      database,
      user,
      password,
      // The socket has seen to it.
      ssl: false,
      max: maxPoolSize,
      max_lifetime: null,
      idle_timeout: undefined,
      // The socket and each call have limits of their own; the driver's would go on ticking after its end.
      connect_timeout: 0,
      // Arrays are passed as text, so the driver need not ask for their types on each connection.
      fetch_types: false,
      onnotice: () => {},
      connection: {
        application_name: applicationName,
        statement_timeout: timeoutMs,
        lock_timeout: timeoutMs,
        idle_in_transaction_session_timeout: timeoutMs,
        // Numbers as short as they can be without losing a digit, whatever the server's default.
        extra_float_digits: 1,
        TimeZone: "UTC",
      },
    };
    // The driver takes it; its types do not say so.
    return Object.assign(options, { socket });
  }
}

/** The server's own words say more than that the connection ended, and what ended it more than the driver's remark. */
function asFault(attempt: string, fault: unknown, pool: Pool): Error {
  if (fault instanceof StoreFault || fault instanceof RangeError) return fault;
  const remark = fault instanceof Error && "code" in fault && /^CONN/.test(String(fault.code));
  if (!remark || pool.lost === null || pool.lost.cause === null) return postgresFault(attempt, fault);
  const { cause } = pool.lost;
  return cause instanceof StoreFault ? cause : postgresFault(attempt, cause);
}
