/** The filter line: `tsla !short a:DU1 dte<8 flag:stale`, every word of which must hold. */
import { nearestWord } from "../../application/nearest_word.ts";
import type { PositionView } from "../../domain/risk/snapshot.ts";
import { contractName } from "../format.ts";
import { accountName, type ViewContext } from "./context.ts";
import { FLAGS } from "./flag_words.ts";

export interface Filter {
  /** Whether the line holds any condition at all. */
  readonly active: boolean;
  position(position: PositionView): boolean;
  /** For rows that are no positions: only plain words count. */
  text(text: string): boolean;
}

/** Names are made for words to be found in alone: a large book has hundreds for every frame. */
function searchedName(position: PositionView): string {
  return `${contractName(position)} ${position.underlying} ${position.strategy ?? ""}`.toLowerCase();
}

type Test = (position: PositionView, name: string) => boolean;

/** A word that cannot be read narrows nothing; `filterFault` says what is wrong with it. */
export function parseFilter(line: string): Filter {
  const conditions = wordsOf(line).map(conditionOf).filter((one) => one.kind !== "wrong");
  const plain = conditions.filter((one) => one.kind === "plain");
  const tests = conditions.map(testOf);
  return {
    active: conditions.length > 0,
    position(position) {
      const name = plain.length === 0 ? "" : searchedName(position);
      return tests.every((test) => test(position, name));
    },
    text(text) {
      const lower = text.toLowerCase();
      return plain.every(({ not, word }) => lower.includes(word) !== not);
    },
  };
}

/**
 * What is wrong with the first word that cannot be read, or that nothing can ever match, and what is allowed; null when all
 * is well.
 */
export function filterFault(line: string, { snapshot, look }: Pick<ViewContext, "snapshot" | "look">): string | null {
  for (const word of wordsOf(line)) {
    const condition = conditionOf(word);
    if (condition.kind === "wrong") return condition.why;
    if (condition.kind === "account") {
      const names = [...new Set(snapshot.accounts.map(({ account }) => account))];
      if (names.some((name) => name.toLowerCase().includes(condition.word))) continue;
      const shown = names.map((name) => accountName(name, look));
      return `no account has ${condition.word} in its name: ${meant(condition.word, shown, "a:")}`;
    }
    if (condition.kind === "flag" && !FLAGS.some((flag) => startsWith(flag, condition.word))) {
      return `no flag begins with ${condition.word}: ${meant(condition.word, FLAGS.map(lower), "flag:")}`;
    }
  }
  return null;
}

type Condition =
  & { readonly not: boolean }
  & (
    | { readonly kind: "plain"; readonly word: string }
    | { readonly kind: "account"; readonly word: string }
    | { readonly kind: "flag"; readonly word: string }
    | { readonly kind: "days"; readonly sign: string; readonly days: number }
    | { readonly kind: "wrong"; readonly why: string }
  );

const ALLOWED = "words, !not, a:DU1, dte<8, dte>30, dte=0, flag:stale";

function wordsOf(line: string): string[] {
  return line.toLowerCase().split(/\s+/).filter((word) => word !== "" && word !== "!");
}

function conditionOf(written: string): Condition {
  const not = written.startsWith("!");
  const word = not ? written.slice(1) : written;
  const wrong = (why: string): Condition => ({ not, kind: "wrong", why });
  if (/^(dte|days?)/.test(word) && /[<>=:]/.test(word)) {
    const [, sign, days] = /^dte(<=|>=|[<>=])(\d{1,5})$/.exec(word) ?? [];
    if (sign !== undefined && days !== undefined) return { not, kind: "days", sign, days: Number(days) };
    return wrong("days to expiry are asked for as dte<8, dte<=8, dte>30, dte>=30 or dte=0");
  }
  const colon = word.indexOf(":");
  if (colon > 0) {
    const [kind, rest] = [word.slice(0, colon), word.slice(colon + 1)];
    if (kind !== "a" && kind !== "flag") {
      const nearest = kind.startsWith("acc") ? "a" : nearestWord(kind, ["flag", "a"]);
      return wrong(`${kind}: is not known${nearest === null ? "" : `, ${nearest}: is`}; allowed: ${ALLOWED}`);
    }
    if (rest === "") {
      return wrong(kind === "a" ? "an account follows, as in a:DU1" : "a flag follows, as in flag:stale");
    }
    return { not, kind: kind === "a" ? "account" : "flag", word: rest };
  }
  if (/[<>]/.test(word)) return wrong(`${word} cannot be compared, only dte can; allowed: ${ALLOWED}`);
  return { not, kind: "plain", word };
}

function testOf(condition: Condition): Test {
  const test = positiveTest(condition);
  return condition.not ? (position, name) => !test(position, name) : test;
}

function positiveTest(condition: Condition): Test {
  switch (condition.kind) {
    case "account":
      return ({ leaves }) => leaves.some(({ account }) => account.toLowerCase().includes(condition.word));
    case "flag":
      return ({ flags }) => flags.some((flag) => startsWith(flag, condition.word));
    case "days":
      return ({ daysToExpiry }) => daysToExpiry !== null && compared(daysToExpiry, condition.sign, condition.days);
    case "plain":
      return (_position, name) => name.includes(condition.word);
    case "wrong":
      return () => true;
  }
}

function compared(left: number, sign: string, right: number): boolean {
  if (sign === "=") return left === right;
  if (sign.endsWith("=") && left === right) return true;
  return sign.startsWith("<") ? left < right : left > right;
}

/** `no-greeks`, `no_greeks` and the beginning of either. */
function startsWith(flag: string, word: string): boolean {
  return lower(flag).startsWith(word.replaceAll("-", "_"));
}

function lower(text: string): string {
  return text.toLowerCase();
}

/** The word that was probably meant, or all that there are. */
function meant(word: string, words: readonly string[], prefix: string): string {
  const nearest = nearestWord(word, words);
  if (nearest !== null) return `did you mean ${prefix}${nearest}?`;
  return words.length === 0 ? "there are none" : words.join(", ");
}
