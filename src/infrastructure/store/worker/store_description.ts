/** What a store is called before it was opened, without loading what opens it. */
import { UsageError } from "../../../application/command.ts";
import { parseDsn } from "../../config/dsn.ts";

/**
 * As the opened store calls itself: `SQLite data/apex.db`, `PostgreSQL db.corp:5432/apex_risk`. No credentials; the name of
 * a spool is made of it.
 *
 * @throws {UsageError} when the configuration names no store
 */
export function storeDescription(dsn: string | null): string {
  const parsed = dsn === null ? null : parseDsn(dsn);
  if (dsn === null || parsed === null) {
    throw new UsageError("There is no database: set database.dsn to sqlite:FILE or postgresql://user@host:port/name");
  }
  if (parsed.kind === "sqlite") return `SQLite ${parsed.file}`;
  // The user's name and password may hold a slash: the path begins behind the last @.
  const address = dsn.slice(dsn.lastIndexOf("@") + 1).replace(/^[a-z]+:\/\//, "").replace(/[?#].*$/, "");
  const slash = address.indexOf("/");
  return `PostgreSQL ${parsed.hosts.join(",")}/${slash < 0 ? "" : decoded(address.slice(slash + 1))}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
