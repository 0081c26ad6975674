/** What is wrong with a configuration, and where. */
import { withoutSecrets } from "../telemetry/secrets.ts";

/** Where a value stands: a file with line and column (from 1), an environment variable, or the built-in defaults. */
export interface Place {
  readonly source: string;
  /** Null when the source has no lines. */
  readonly line: number | null;
  readonly column: number | null;
}

export interface Fault {
  readonly place: Place;
  /** Key path with dots, `ibkr.port`; empty when the fault is not about one key. */
  readonly key: string;
  /** What is wrong, in words. */
  readonly problem: string;
  /** The value as written; null when there is none to show or it is a secret. */
  readonly found: string | null;
  /** What may stand there. */
  readonly allowed: string | null;
  /** The known key that was probably meant. */
  readonly nearest: string | null;
}

/** The most faults that a message lists; the rest are counted. */
const LISTED = 40;

export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  /** Source by source, each in the order of its lines. */
  readonly faults: readonly Fault[];
  constructor(found: readonly Fault[]) {
    const faults = inReadingOrder(found);
    const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
    const more = faults.length > LISTED ? [`  and ${faults.length - LISTED} more`] : [];
    const lines = faults.slice(0, LISTED).map((fault) => `  ${faultText(fault)}`);
    super([`Cannot use the configuration: ${count}`, ...lines, ...more].join("\n"));
    this.faults = faults;
  }
}

function inReadingOrder(faults: readonly Fault[]): readonly Fault[] {
  const sources = [...new Set(faults.map((fault) => fault.place.source))];
  const rank = ({ place }: Fault) => [sources.indexOf(place.source), place.line ?? 0, place.column ?? 0] as const;
  return faults.toSorted((a, b) => {
    const [first, second] = [rank(a), rank(b)];
    return first[0] - second[0] || first[1] - second[1] || first[2] - second[2];
  });
}

/** `file:line:column`, as far as the source has them. */
export function placeText(place: Place): string {
  return [place.source, place.line, place.column].filter((part) => part !== null).join(":");
}

/** One fault on one line; secrets are masked in all that was written by the user. */
export function faultText(fault: Fault): string {
  const { key, problem, found, allowed, nearest } = fault;
  const parts = [withoutSecrets(key === "" ? problem : `${key}: ${problem}`)];
  if (found !== null) parts.push(`found ${withoutSecrets(found)}`);
  if (allowed !== null) parts.push(`allowed: ${allowed}`);
  if (nearest !== null) parts.push(`did you mean ${nearest}?`);
  return printable(`${withoutSecrets(placeText(fault.place))}  ${parts.join("; ")}`);
}

/** The fault's parts, safe to show: without secrets and control characters. */
export function shownFault({ place, key, problem, found, allowed, nearest }: Fault) {
  const shown = (text: string) => printable(withoutSecrets(text));
  return {
    source: shown(place.source),
    line: place.line,
    column: place.column,
    key: shown(key),
    problem: shown(problem),
    found: found === null ? null : shown(found),
    allowed,
    nearest,
  };
}

/** Keys may hold escape sequences, which a terminal would obey. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
