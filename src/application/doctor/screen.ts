/** What the terminal and the display settings can show. */
import { fail, type Finding, ok, warn } from "./finding.ts";

export interface TerminalFacts {
  /** Null: standard output is no terminal. */
  readonly size: { readonly columns: number; readonly rows: number } | null;
  /** Empty where not set, like the rest. */
  readonly term: string;
  readonly colorTerm: string;
  readonly noColor: boolean;
  /** Of LC_ALL, LC_CTYPE and LANG the first that is set. */
  readonly locale: string;
}

const LEAST = { columns: 80, rows: 24 };

export function terminalFinding(facts: TerminalFacts, glyphs: "unicode" | "ascii"): Finding {
  const check = "Terminal";
  const { size, term, locale } = facts;
  if (size === null) return ok(check, "standard output is none: apex prints plain text there");
  if (term === "" || term === "dumb") {
    return warn(
      check,
      `TERM is ${term === "" ? "not set" : term}: no dashboard, plain text instead`,
      "Use a terminal that can place its cursor, and let TERM name it (xterm-256color)",
    );
  }
  if (size.columns < LEAST.columns || size.rows < LEAST.rows) {
    return warn(
      check,
      `${size.columns} x ${size.rows}: the dashboard leaves columns and panels out`,
      `Make it ${LEAST.columns} x ${LEAST.rows} or larger; 120 x 40 shows everything`,
    );
  }
  if (glyphs === "unicode" && !/utf-?8/i.test(locale)) {
    return warn(
      check,
      `LANG ${
        locale === "" ? "is not set" : `is ${locale}`
      }, which does not say UTF-8: lines and bars may come out wrong`,
      "Set LANG to a UTF-8 locale (C.UTF-8), or dashboard.glyphs: ascii",
    );
  }
  return ok(check, `${size.columns} x ${size.rows}, ${colours(facts)}, ${glyphs === "ascii" ? "ASCII" : "UTF-8"}`);
}

function colours({ noColor, term, colorTerm }: TerminalFacts): string {
  if (noColor) return "no colours (NO_COLOR)";
  return /truecolor|24bit/i.test(colorTerm) || /-direct$/.test(term) ? "24-bit colours" : "16 colours";
}

/** @param now the wall clock's reading */
export function displayFinding({ timeZone, locale }: { timeZone: string; locale: string }, now: number): Finding {
  const check = "Display";
  try {
    const time = new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "short", timeStyle: "medium" }).format(now);
    const number = new Intl.NumberFormat(locale, { minimumFractionDigits: 2 }).format(1_234_567.8);
    if (Intl.NumberFormat.supportedLocalesOf([locale]).length === 0) {
      return warn(
        check,
        `display.locale ${locale} is not known here: numbers look like ${number}`,
        "Use one such as en-US",
      );
    }
    return ok(check, `${time.slice(-8)} in ${timeZone}, numbers as ${number.replace(/[\u00a0\u202f]/g, " ")}`);
  } catch (fault) {
    if (!(fault instanceof RangeError)) throw fault;
    return fail(check, fault.message, "Correct display.time_zone (America/New_York) and display.locale (en-US)");
  }
}
