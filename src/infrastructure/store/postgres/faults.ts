/** PostgreSQL's and the network's errors as the store's, with a remedy. */
import { StoreFault, type StoreFaultKind } from "../../../application/ports/store.ts";

/** @param attempt what was tried and where: `Cannot write to PostgreSQL 10.0.0.5:5432/apex` */
export function postgresFault(attempt: string, cause: unknown): StoreFault {
  const words = cause instanceof Error ? cause.message : String(cause);
  const code = codeOf(cause);
  const [kind, remedy] = FAULTS.find(([pattern]) => pattern.test(code))?.[1] ??
    (isAboutRows(cause) ? ["rejected", null] as const : byWords(words));
  return new StoreFault(kind, `${attempt}: ${remedy === null ? words : `${words}; ${remedy}`}`, cause);
}

/** A clash of two transactions, of which PostgreSQL has ended this one: the same again will do. */
export function isClash(cause: unknown): boolean {
  return /^40(001|P01)$/.test(codeOf(cause));
}

/** A key that is there already, or a value that does not go in. */
export function isAboutRows(cause: unknown): boolean {
  return /^2[23]/.test(codeOf(cause));
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "";
}

type Meaning = readonly [StoreFaultKind, string | null];

/** SQLSTATE, the driver's words, and the system's. */
const FAULTS: readonly (readonly [RegExp, Meaning])[] = [
  [
    /^(ECONN|EPIPE|EHOST|ENET|ENOTFOUND|EAI_|ETIMEDOUT|CONNECT|08|57P0[123])/,
    ["away", "start the server there, or correct database.dsn; what waits is written when it is back"],
  ],
  [/^53300$/, ["away", "the server has no connection left; raise its max_connections or lower database.max_pool_size"]],
  [/^57014$/, ["timeout", "the server took longer than database.command_timeout"]],
  [/^(55P03|40001|40P01)$/, ["locked", "another transaction holds what this one needs"]],
  [/^53100$/, ["full", "make room on the server's disk, and what waits is written then"]],
  [/^25006$/, ["read-only", "this server takes no writes; name the primary in database.dsn"]],
  [/^28/, ["refused", "check user and password in database.dsn or APEX_DATABASE_DSN, and the server's pg_hba.conf"]],
  [/^3D000$/, ["refused", "create the database, or name another in database.dsn"]],
  [/^42501$/, ["refused", "grant the user what it lacks; migrations need CREATE on the schema"]],
  [/^(42P01|42703|42P10)$/, ["outdated", "the tables are not this program's; run apex migrate"]],
  [/^(XX001|XX002)$/, ["damaged", "restore the server's database from a backup"]],
  [/^EPERM$/, ["refused", "the configuration must name the database's host and port"]],
];

/** TLS has no codes of its own in every runtime. */
function byWords(words: string): Meaning {
  return /certificate|\bTLS\b|\bSSL\b|handshake|UnknownIssuer|self.signed|InvalidContentType/i.test(words)
    ? ["refused", "check sslmode and sslrootcert in database.dsn against the server's certificate"]
    // What nobody knows is not blamed on the rows: those would be dropped for it.
    : ["away", null];
}
