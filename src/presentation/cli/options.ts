/** The options that every command takes, and how the words after them are understood. */
import { Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import type { Repetition } from "../../application/command.ts";
import type { Surroundings } from "./invocation.ts";
import { parseDuration, parseInstant } from "./duration.ts";

/** The program with its global options, without commands yet. */
export function programWithGlobalOptions(version: string) {
  return new Command("apex")
    .description("Read-only risk monitor for Interactive Brokers options books. It never sends an order.")
    .version(version, "-V, --version", "print the version")
    .addOption(
      new Option("--env <name>", "what to connect to: TWS paper, TWS live, or the built-in simulated gateway")
        .choices(["dev", "prod", "demo"] as const).default("dev" as const),
    )
    .option("--config-dir <folder>", "where base.yaml, risk_config.yaml and {env}.yaml are (default: ./config)")
    .option("--config <file>", "one more configuration file, laid over those of the folder")
    .addOption(
      new Option("--log-level <level>", "how much the log file holds")
        .choices(["debug", "info", "warn", "error"] as const),
    )
    .option("--no-color", "no colours (as NO_COLOR=1)")
    .addOption(new Option("--for <time>", "stop by itself after this long: 20s, 5m").argParser(argument(parseDuration)))
    .addOption(
      new Option("--now <time>", "start the clock at this time, such as 2026-11-20T15:30:00Z")
        .argParser(argument(parseInstant)),
    );
}

export type ApexProgram = ReturnType<typeof programWithGlobalOptions>;
export type GlobalOptions = ReturnType<ApexProgram["opts"]>;

/** Turns a limit's state into exit code 3. */
export function failOnOption() {
  return new Option("--fail-on <state>", "exit code 3 when a limit is in this state or worse at the end")
    .choices(["soft", "hard"] as const);
}

/** A length of time after an option. */
export function durationOption(flags: string, description: string) {
  return new Option(flags, description).argParser(argument(parseDuration));
}

/** A whole number from `low` to `high` after an option. */
export function wholeNumber(low: number, high: number): (text: string) => number {
  return argument((text) => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < low || number > high) {
      throw new RangeError(`write a whole number from ${low} to ${high}`);
    }
    return number;
  });
}

/** Says a parser's complaint the way commander reports it: beside the option and the word it was given. */
function argument<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (fault) {
      if (fault instanceof RangeError) throw new InvalidArgumentError(fault.message);
      throw fault;
    }
  };
}

/** Shows a table again and again. What it gives is milliseconds; true when the time was not said: `watchEveryMs`. */
export function watchOption() {
  return new Option("--watch [seconds]", "show it again every so many seconds (2 unless said), until Ctrl+C")
    .argParser(argument(parseWatchTime));
}

/** Null: it is shown once. */
export function watchEveryMs(given: number | true | undefined): number | null {
  return given === undefined ? null : given === true ? DEFAULT_WATCH_MS : given;
}

/** Null: it is shown once. */
export function repetition(given: number | true | undefined, { terminal }: Surroundings): Repetition | null {
  const everyMs = watchEveryMs(given);
  return everyMs === null ? null : { everyMs, draws: terminal };
}

const DEFAULT_WATCH_MS = 2_000;
const LONGEST_WATCH_MS = 3_600_000;

function parseWatchTime(text: string): number {
  const milliseconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : parseDuration(text);
  if (milliseconds < 200 || milliseconds > LONGEST_WATCH_MS) throw new RangeError("write 0.2 to 3600 seconds");
  return milliseconds;
}
