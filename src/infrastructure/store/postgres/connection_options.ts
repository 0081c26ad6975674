/** What the driver is told, all of it from the address: nothing is left for it to look up in the environment. */
import { StoreFault } from "../../../application/ports/store.ts";
import { dsnShown, parseDsn } from "../../config/dsn.ts";

/**
 * As libpq means them: `disable` in the clear; `prefer` encrypted if the server can, without knowing who it is; `require`
 * encrypted, without knowing who it is; `verify-ca` with a certificate that a trusted authority signed; `verify-full` and of
 * that host's name.
 */
export type SslMode = "disable" | "prefer" | "require" | "verify-ca" | "verify-full";
const SSL_MODES: readonly SslMode[] = ["disable", "prefer", "require", "verify-ca", "verify-full"];
const PARAMETERS = ["sslmode", "sslrootcert", "user", "password", "application_name"] as const;

export interface ConnectionOptions {
  /** As the operating system dials them, without the brackets of IPv6. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly sslMode: SslMode;
  /** File of the authorities trusted instead of the well-known ones; null: the well-known ones. */
  readonly sslRootCert: string | null;
  readonly applicationName: string;
}

/**
 * Understands `postgresql://user:password@host:port/name?sslmode=…&sslrootcert=…`.
 *
 * @throws {StoreFault} of kind `refused`, without the password, for an address that cannot be meant
 */
export function connectionOptions(dsn: string): ConnectionOptions {
  const parsed = parseDsn(dsn);
  if (parsed?.kind !== "postgresql") throw refused(dsn, "it is not postgresql://user:password@host:port/name");
  if (parsed.hosts.length === 0) throw refused(dsn, "it names no host; a socket file is not supported");
  const [, credentials, path = "", query = ""] = ADDRESS.exec(dsn) ?? [];
  const parameters = new URLSearchParams(query);
  for (const name of parameters.keys()) {
    if (!PARAMETERS.some((known) => known === name)) {
      throw refused(dsn, `the parameter ${name} is not known; known are ${PARAMETERS.join(", ")}`);
    }
  }
  const [user, password] = credentials === undefined ? ["", ""] : splitOnce(credentials);
  const settledUser = parameters.get("user") ?? decoded(user);
  if (settledUser === "") throw refused(dsn, "it names no user");
  return {
    hosts: parsed.hosts.map(hostAndPort),
    database: decoded(path) || settledUser,
    user: settledUser,
    password: parameters.get("password") ?? decoded(password),
    sslMode: sslMode(dsn, parameters.get("sslmode")),
    sslRootCert: parameters.get("sslrootcert"),
    applicationName: parameters.get("application_name") ?? "apex",
  };
}

/** Credentials go up to the last `@` before the path, since passwords hold `@`, `:` and `/` too. */
const ADDRESS = /^postgres(?:ql)?:\/\/(?:([^\s]*)@)?[^\s/?#@]*(?:\/([^\s?#]*))?(?:\?([^\s]*))?$/;

function refused(dsn: string, why: string): StoreFault {
  return new StoreFault("refused", `Cannot use the database address ${dsnShown(dsn)}: ${why}`);
}

function sslMode(dsn: string, word: string | null): SslMode {
  if (word === null || word === "allow") return "prefer";
  const mode = SSL_MODES.find((known) => known === word);
  if (mode === undefined) throw refused(dsn, `sslmode ${word} is not one of ${SSL_MODES.join(", ")}`);
  return mode;
}

function hostAndPort(text: string) {
  const colon = text.lastIndexOf(":");
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(text.slice(colon + 1)) };
}

function splitOnce(credentials: string): [string, string] {
  const colon = credentials.indexOf(":");
  return colon < 0 ? [credentials, ""] : [credentials.slice(0, colon), credentials.slice(colon + 1)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A bare % is part of the text itself.
    return text;
  }
}
