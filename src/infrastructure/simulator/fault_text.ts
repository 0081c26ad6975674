/** Trouble as the command line writes it: `drop@30s`, `freeze:12s@1m`, `farm:usfarm:down@20s`. */
import { type Fault, GARBAGE, type Scenario, type TimedEvent } from "./scenario.ts";

/** What each kind takes between its name and the time, for help and for messages. */
export const FAULT_FORMS = [
  "drop@TIME",
  "refuse:SPAN@TIME",
  "freeze:SPAN@TIME",
  "connectivity:1100|1101|1102@TIME",
  "farm:NAME:down|up|lost@TIME",
  "client-id-in-use:SPAN@TIME",
  "competing-session:SPAN@TIME",
  `garbage:${GARBAGE.join("|")}@TIME`,
] as const;

/**
 * Adds trouble to a scenario, at times since its start.
 *
 * @throws {RangeError} naming the text, what it could be and, for a farm, the farms there are
 */
export function withFaults(scenario: Scenario, texts: readonly string[]): Scenario {
  const events = texts.map((text) => parseFault(text, scenario));
  return { ...scenario, events: [...scenario.events, ...events].sort((a, b) => a.atMs - b.atMs) };
}

function parseFault(text: string, scenario: Scenario): TimedEvent {
  const [what = "", when = ""] = text.split("@");
  const [kind = "", ...details] = what.split(":");
  const atMs = spanIn(when);
  const fault = atMs === null ? null : faultOf(kind, details, scenario);
  if (atMs === null || fault === null) {
    throw new RangeError(
      `Cannot make the trouble ${JSON.stringify(text)}: write one of ${FAULT_FORMS.join(", ")}, ` +
        "TIME and SPAN such as 500ms, 30s or 2m",
    );
  }
  return { atMs, ...fault };
}

function faultOf(kind: string, [first = "", second = ""]: readonly string[], scenario: Scenario): Fault | null {
  const span = spanIn(first);
  switch (kind) {
    case "drop":
      return { kind };
    case "refuse":
    case "freeze":
    case "client-id-in-use":
    case "competing-session":
      return span === null ? null : { kind, seconds: span / 1000 };
    case "connectivity": {
      const code = ([1100, 1101, 1102] as const).find((known) => String(known) === first);
      return code === undefined ? null : { kind, code };
    }
    case "farm":
      return farmFault(first, second, scenario);
    case "garbage": {
      const form = GARBAGE.find((known) => known === first);
      return form === undefined ? null : { kind, form };
    }
    default:
      return null;
  }
}

function farmFault(farm: string, state: string, scenario: Scenario): Fault | null {
  const farms = new Set(scenario.contracts.map((contract) => contract.farm));
  if (!farms.has(farm)) {
    throw new RangeError(
      `Cannot take down the data farm ${JSON.stringify(farm)}: the scenario has ${[...farms].join(", ")}`,
    );
  }
  if (!["down", "up", "lost"].includes(state)) return null;
  // `lost`: the farm comes back, its lines do not.
  return { kind: "farm", farm, up: state !== "down", lose: state === "lost" };
}

/** Milliseconds; null when the text is no span. */
export function spanIn(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  if (match === null) return null;
  return Number(match[1]) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match[2] as "ms" | "s" | "m" | "h"];
}
