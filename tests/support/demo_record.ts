/** What the program of the demo screens remembers of the morning. */
import type { BreachTransition, TransitionKind } from "../../src/domain/limits/breach_transition.ts";
import type { LogCategory, LogData, LogLevel, LogLine } from "../../src/application/ports/log.ts";

const GROSS = "max_total_gross_notional";
const MARGIN = "max_margin_utilization";

type Written = readonly [clock: string, LogLevel, LogCategory, message: string, data?: LogData];

const WRITTEN: readonly Written[] = [
  ["09:30:00", "DEBUG", "DATA", "27 lines wanted, 27 given"],
  ["09:47:10", "INFO", "TRADING", "sold SPY 20Nov26 655/650 put vertical x10"],
  ["09:58:02", "INFO", "ALERT", "Margin used acknowledged by ops: cut ES put after 11:00"],
  ["10:12:40", "INFO", "ALERT", "Gross exposure cleared at 78.3 % of its 6.00 M limit after 26m10s"],
  ["10:21:55", "WARN", "RISK", "SPY 20Nov26 655 P short-leg delta 0.16 above 0.15"],
  ["10:28:31", "INFO", "TRADING", "bought 300 TSLA at 398.15", {
    account: "DU…567",
    execId: "0000e0d5.6581a2b3.01.01",
  }],
  [
    "10:28:31",
    "ERROR",
    "ALERT",
    "TSLA exposure 1.62 M is 108 % of its 1.50 M limit: soft -> hard",
    { id: "max_per_underlying_notional:TSLA", transition: "raised", severity: "hard", value: 1_616_940 },
  ],
  ["10:30:13", "WARN", "DATA", "ES 18Dec26 6400 P stale: line dead, resubscribing"],
];

export const DEMO_LOG: readonly LogLine[] = WRITTEN.map(([clock, level, category, message, data], index) => ({
  number: index + 1,
  at: Date.parse(`2026-11-20T${clock}-05:00`),
  level,
  category,
  message,
  data: data ?? {},
}));

/** `count` lines of one second each, the last one at 10:30:00. */
export function manyLines(count: number, first = 1): readonly LogLine[] {
  const end = Date.parse("2026-11-20T10:30:00-05:00");
  return Array.from({ length: count }, (_, index) => ({
    number: first + index,
    at: end - (count - 1 - index) * 1_000,
    level: "INFO",
    category: "DATA",
    message: `line ${first + index}`,
    data: {},
  }));
}

/** The morning's transitions, as the drawing of the limits view has them. */
export const DEMO_TRANSITIONS: readonly BreachTransition[] = [
  step("09:46:30", "opened", "ok", "soft", GROSS, "Gross exposure 4.80 M is 80 % of its 6.00 M limit"),
  step("09:52:07", "opened", "ok", "soft", MARGIN, "Margin used 48.1 % is 80 % of its 60.0 % limit"),
  step(
    "09:58:02",
    "acknowledged",
    "open",
    "acknowledged",
    MARGIN,
    "Margin used acknowledged by ops: cut ES put after 11:00",
  ),
  step(
    "10:12:40",
    "cleared",
    "soft",
    "cleared",
    GROSS,
    "Gross exposure cleared at 78.3 % of its 6.00 M limit after 26m10s",
  ),
  step(
    "10:28:31",
    "raised",
    "soft",
    "hard",
    "max_per_underlying_notional:TSLA",
    "TSLA exposure 1.62 M is 108 % of its 1.50 M limit",
  ),
];

function step(
  clock: string,
  kind: TransitionKind,
  from: BreachTransition["from"],
  to: BreachTransition["to"],
  id: string,
  message: string,
): BreachTransition {
  const at = Date.parse(`2026-11-20T${clock}-05:00`);
  const [rule = id, scope = null] = id.split(":");
  const severity = to === "hard" ? "hard" : "soft";
  return { id, rule, scope, kind, from, to, severity, at, value: null, limit: null, utilization: null, message };
}
