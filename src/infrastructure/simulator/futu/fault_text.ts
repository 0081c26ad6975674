/** Trouble as the command line writes it: `drop@30s`, `freeze:12s@1m`, `drop-before-reply:2221@20s`. */
import { spanIn } from "../fault_text.ts";
import { type FutuFault, type FutuScenario, type FutuTimedEvent, GARBAGE } from "./scenario.ts";

/** What each kind takes between its name and the time, for help and for messages. */
export const FUTU_FAULT_FORMS = [
  "drop@TIME",
  "refuse:SPAN@TIME",
  "freeze:SPAN@TIME",
  "logout:SPAN@TIME",
  "rate-limit:SPAN@TIME",
  "drop-before-reply:MESSAGE@TIME",
  ...GARBAGE.map((form) => `${form}@TIME`),
] as const;

/**
 * Adds trouble to a scenario, at times since its start.
 *
 * @throws {RangeError} naming the text and what it could be
 */
export function withFutuFaults(scenario: FutuScenario, texts: readonly string[]): FutuScenario {
  const events = texts.map(parseFault);
  return { ...scenario, events: [...scenario.events, ...events].sort((a, b) => a.atMs - b.atMs) };
}

function parseFault(text: string): FutuTimedEvent {
  const [what = "", when = ""] = text.split("@");
  const [kind = "", ...details] = what.split(":");
  const atMs = spanIn(when);
  const fault = atMs === null ? null : faultOf(kind, details);
  if (atMs === null || fault === null) {
    throw new RangeError(
      `Cannot make the trouble ${JSON.stringify(text)}: write one of ${FUTU_FAULT_FORMS.join(", ")}, ` +
        "TIME and SPAN such as 500ms, 30s or 2m, MESSAGE the number of one, such as 2221",
    );
  }
  return { atMs, ...fault };
}

function faultOf(kind: string, details: readonly string[]): FutuFault | null {
  const [first = ""] = details;
  const span = spanIn(first);
  switch (kind) {
    case "drop":
      return details.length === 0 ? { kind } : null;
    case "refuse":
    case "freeze":
    case "logout":
    case "rate-limit":
      return span === null ? null : { kind, seconds: span / 1000 };
    case "drop-before-reply":
      return /^\d{4}$/.test(first) ? { kind, protoId: Number(first), times: 1 } : null;
    default: {
      const form = GARBAGE.find((known) => known === kind);
      return form === undefined || details.length > 0 ? null : { kind: "garbage", form };
    }
  }
}
