/** Where the database is: `sqlite:FILE` or `postgresql://user:password@host:port/name`. */
import { HIDDEN } from "../telemetry/secrets.ts";

export type Dsn =
  | { readonly kind: "sqlite"; readonly file: string }
  /** `hosts` as they are dialled, `host:port`; empty for a socket file. */
  | { readonly kind: "postgresql"; readonly hosts: readonly string[] };

const POSTGRESQL = /^postgres(?:ql)?:\/\/(?:[^\s]*@)?([^\s/?#@]*)(?:\/[^\s?#]*)?(?:\?[^\s]*)?$/;

/** Null when the text is neither form. Says nothing of the user and password, which stay in the text. */
export function parseDsn(text: string): Dsn | null {
  const file = /^sqlite:(?:\/\/)?(.+)$/.exec(text)?.[1];
  if (file !== undefined) return /[\r\n]/.test(file) ? null : { kind: "sqlite", file };
  const authority = POSTGRESQL.exec(text)?.[1];
  if (authority === undefined) return null;
  const hosts = authority === "" ? [] : authority.split(",").map(hostAndPort);
  return hosts.some((host) => host === null)
    ? null
    : { kind: "postgresql", hosts: hosts.filter((host) => host !== null) };
}

function hostAndPort(part: string): string | null {
  const [, host, port = "5432"] = /^(\[[0-9a-fA-F:.]+\]|[^\s:[\]]+)(?::(\d{1,5}))?$/.exec(part) ?? [];
  return host === undefined || Number(port) > 65_535 || Number(port) < 1 ? null : `${host}:${port}`;
}

/** The text with user and password hidden, for the screen and for faults. */
export function dsnShown(text: string): string {
  return text.replace(/^([a-z]+:\/\/)[^\s]*@/, `$1${HIDDEN}@`)
    .replace(/([?&](?:user|password|sslpassword|sslkey)=)[^&\s]*/g, `$1${HIDDEN}`);
}

/** The password in the address, as written and as meant, for whoever must keep it out of sight; empty when none. */
export function dsnPasswords(text: string): readonly string[] {
  const inAddress = /^[a-z]+:\/\/[^\s:/@]*:([^\s]*)@/.exec(text)?.[1];
  const asParameter = /[?&](?:password|sslpassword)=([^&\s]+)/.exec(text)?.[1];
  const written = [inAddress, asParameter].filter((password) => password !== undefined && password !== "");
  return [...new Set(written.flatMap((password) => [password ?? "", decoded(password ?? "")]))];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A bare % is part of the password itself.
    return text;
  }
}
