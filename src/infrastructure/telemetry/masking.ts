/** Hides account numbers and secrets in what the log writes. */
import type { LogData } from "../../application/ports/log.ts";
import { HIDDEN, namesSecret, withoutSecrets } from "./secrets.ts";

/** Interactive Brokers' account numbers: U1234567, DU1234567, F1234567, also with a letter behind. */
const IB_ACCOUNT = /(?<![A-Za-z0-9])D?[UFI]\d{5,9}[A-Z]?(?![A-Za-z0-9])/g;

/** Futu's account numbers, such as 281756479280104334. Its paper accounts have short ones, which only OpenD's list tells. */
const FUTU_ACCOUNT = /(?<![A-Za-z0-9.])\d{15,20}(?![A-Za-z0-9]|\.\d)/g;

/** Shorter words than this would hide half a sentence. */
const SHORTEST_ACCOUNT = 3;
const SHORTEST_SECRET = 4;
/** More text than any message of ours; it bounds the work on a hostile one. */
const LONGEST_INPUT = 65_536;
const LONGEST_MESSAGE = 4_000;
const LONGEST_VALUE = 2_000;
const MOST_ITEMS = 100;

/** `DU1234567` → `DU…567`: the letters, and enough of the end to tell accounts apart. */
export function maskedAccount(account: string): string {
  const letters = /^[A-Za-z]{0,3}/.exec(account)?.[0] ?? "";
  const rest = account.slice(letters.length);
  return `${letters}…${rest.slice(rest.length >= 5 ? -3 : -1)}`;
}

export class Masking {
  readonly #showAccounts: boolean;
  readonly #accounts = new Set<string>();
  readonly #secrets = new Set<string>();
  #known: RegExp | null = null;

  constructor(showAccounts: boolean) {
    this.#showAccounts = showAccounts;
  }

  /** Account numbers of any form, from here on masked wherever they stand. Names without a digit are no numbers. */
  addAccounts(accounts: readonly string[]): void {
    for (const account of accounts) {
      if (account.length >= SHORTEST_ACCOUNT && /\d/.test(account)) this.#accounts.add(account);
    }
    this.#known = anyWord(this.#accounts);
  }

  /** Passwords and tokens, from here on hidden wherever they stand. */
  addSecrets(secrets: readonly string[]): void {
    for (const secret of secrets) if (secret.length >= SHORTEST_SECRET) this.#secrets.add(secret);
  }

  message(text: string): string {
    return clipped(this.#text(text), LONGEST_MESSAGE);
  }

  data(data: LogData): LogData {
    const shown: Record<string, LogData[string]> = {};
    for (const [field, value] of Object.entries(data)) {
      shown[this.#text(field)] = namesSecret(field) && typeof value === "string" ? HIDDEN : this.#value(value);
    }
    return shown;
  }

  #value(value: LogData[string]): LogData[string] {
    if (typeof value === "string") return clipped(this.#text(value), LONGEST_VALUE);
    // JSON has no word for them, and null would say that the number is missing.
    if (typeof value === "number") return Number.isFinite(value) ? value : `${value}`;
    if (value === null || typeof value === "boolean") return value;
    return value.slice(0, MOST_ITEMS).map((item) => clipped(this.#text(item), LONGEST_VALUE));
  }

  #text(text: string): string {
    let shown = text.length > LONGEST_INPUT ? text.slice(0, LONGEST_INPUT) : text;
    for (const secret of this.#secrets) shown = shown.replaceAll(secret, HIDDEN);
    shown = withoutSecrets(shown);
    if (this.#showAccounts || !/\d/.test(shown)) return shown;
    if (this.#known !== null) shown = shown.replace(this.#known, maskedAccount);
    return shown.replace(IB_ACCOUNT, maskedAccount).replace(FUTU_ACCOUNT, maskedAccount);
  }
}

/** Longest first, so that an account that begins like another is not cut in two. */
function anyWord(words: ReadonlySet<string>): RegExp | null {
  if (words.size === 0) return null;
  const escaped = [...words].sort((a, b) => b.length - a.length).map((word) => word.replace(/[^A-Za-z0-9]/g, "\\$&"));
  return new RegExp(`(?<![A-Za-z0-9])(?:${escaped.join("|")})(?![A-Za-z0-9])`, "g");
}

function clipped(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest)}… (${text.length - longest} more)` : text;
}
