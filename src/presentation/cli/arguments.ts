/** Understands the command line. Reads no file, no environment and no clock, and prints nothing. */
import { CommanderError } from "@commander-js/extra-typings";
import type { ConfigurationChoice, LocalRequest, Wish } from "../../application/command.ts";
import type { LogLevel } from "../../application/ports/log.ts";
import { addBackfill } from "./commands/backfill.ts";
import { addBreaches } from "./commands/breaches.ts";
import { addCalendar } from "./commands/calendar.ts";
import { addCompletions } from "./commands/completions.ts";
import { addConfig } from "./commands/config.ts";
import { addDb } from "./commands/db.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addHistory } from "./commands/history.ts";
import { addInit } from "./commands/init.ts";
import { addMigrate } from "./commands/migrate.ts";
import { addPositions } from "./commands/positions.ts";
import { addScenario } from "./commands/scenario.ts";
import { addSelfTest } from "./commands/self_test.ts";
import { addSimulate } from "./commands/simulate.ts";
import { addSnapshot } from "./commands/snapshot.ts";
import { addStatus } from "./commands/status.ts";
import { addVersion } from "./commands/version.ts";
import { addWatch } from "./commands/watch.ts";
import type { Invocation, Surroundings } from "./invocation.ts";
import { nearestWord } from "../../application/nearest_word.ts";
import { type ApexProgram, type GlobalOptions, programWithGlobalOptions } from "./options.ts";

/**
 * What the words after `apex` ask for; without a command, `watch`. Never throws for what a user typed: words that
 * make no sense give `misused` with a text that names the word and, where one is close, what it should have been.
 */
export function parseArguments(args: readonly string[], where: Surroundings): Invocation {
  const program = programWithGlobalOptions(where.version);
  const printed: string[] = [];
  const complaints: string[] = [];
  let wish: Wish | null = null;
  let local: LocalRequest | null = null;
  // The default output asks the environment for CLICOLOR_FORCE and its like, which the sandbox need not allow.
  const settled = program
    .configureOutput({
      writeOut: (text) => printed.push(text),
      writeErr: (text) => complaints.push(text),
      getOutHelpWidth: () => Math.min(where.columns || HELP_WIDTH, HELP_WIDTH),
      getErrHelpWidth: () => HELP_WIDTH,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", HELP_AFTER)
    .exitOverride();
  addCommands(settled, where, {
    choose: (chosen) => wish = chosen,
    chooseLocal: (chosen) => local = chosen,
    print: (text) => printed.push(text),
  });
  try {
    const stranger = unknownCommand(settled, args);
    if (stranger !== null) return { kind: "misused", text: stranger };
    settled.parse(args, { from: "user" });
  } catch (fault) {
    if (!(fault instanceof CommanderError)) throw fault;
    if (fault.exitCode !== 0) return { kind: "misused", text: complaint(settled, args, fault, complaints.join("")) };
  }
  if (local !== null) return { kind: "local", request: local, configuration: configurationOf(settled.opts()) };
  if (wish === null) return { kind: "print", text: printed.join("") };
  return { kind: "run", wish, configuration: configurationOf(settled.opts()) };
}

const HELP_WIDTH = 100;
const HELP_AFTER = `
Without a command, apex watches. "apex <command> --help" shows a command's options and examples.

Examples:
  apex init; apex doctor                   a first configuration, and what stands in the way
  apex --env demo                          the dashboard on the built-in simulated gateway
  apex snapshot --format json              the book once, as JSON
  apex simulate                            a simulated TWS on 127.0.0.1:7497
  apex calendar --market NYSE              the exchange's coming trading days

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 a limit in the state that --fail-on names,
70 the monitor failed or got stuck, 130 interrupted.`;

/** Every command with its options, to be looked at: nothing is done with what they are told. */
export function apexProgram(): ApexProgram {
  const program = programWithGlobalOptions("");
  addCommands(program, { terminal: false, color: false, version: "" }, { choose() {}, chooseLocal() {}, print() {} });
  return program;
}

/** Where a command leaves what it was told. */
interface Chosen {
  choose(wish: Wish): void;
  chooseLocal(request: LocalRequest): void;
  print(text: string): void;
}

function addCommands(program: ApexProgram, where: Surroundings, { choose, chooseLocal, print }: Chosen): void {
  addWatch(program, where, choose);
  addSnapshot(program, where, choose);
  addScenario(program, where, choose);
  addSimulate(program, choose);
  addMigrate(program, where, choose);
  addDb(program, where, choose);
  addBackfill(program, where, choose);
  addStatus(program, where, choose);
  addPositions(program, where, choose);
  addBreaches(program, where, choose);
  addHistory(program, where, choose);
  addCalendar(program, where, chooseLocal);
  addInit(program, chooseLocal);
  addDoctor(program, where, choose);
  addConfig(program, where, chooseLocal);
  addCompletions(program, chooseLocal);
  addSelfTest(program, choose);
  addVersion(program, where.version, print);
}

/**
 * The complaint about a command that does not exist, or null. Since watch is what happens without a command, commander
 * would take the word, and whatever options follow it, for something said to watch.
 */
function unknownCommand(program: ApexProgram, args: readonly string[]): string | null {
  const [first, second] = program.parseOptions([...args]).operands;
  const word = first === "help" ? second : first;
  const known = [...program.commands.map((command) => command.name()), "help"];
  if (word === undefined || known.includes(word)) return null;
  const visible = known.filter((name) => name !== "self-test");
  const nearest = nearestWord(word, visible);
  const remedy = nearest === null ? `The commands are ${visible.join(", ")}.` : `(Did you mean ${nearest}?)`;
  return `error: unknown command '${word}'\n${remedy}\n${POINTER}\n`;
}

/** What was wrong, the words that a place takes where it was left empty, and whose help tells more. */
function complaint(program: ApexProgram, args: readonly string[], fault: CommanderError, told: string): string {
  // Parsing the line again would only fail again.
  const command = args.map((word) => program.commands.find((one) => one.name() === word))
    .find((one) => one !== undefined);
  const missing = fault.code === "commander.missingArgument"
    ? command?.registeredArguments.find(({ required, argChoices }) => required && argChoices !== undefined)
    : undefined;
  const choices = missing === undefined ? "" : `\nIt is one of ${missing.argChoices?.join(", ")}.`;
  return `${told.trimEnd()}${choices}\n${command === undefined ? POINTER : pointer(`apex ${command.name()}`)}\n`;
}

function pointer(command: string): string {
  return `"${command} --help" shows what there is.`;
}

const POINTER = pointer("apex");

function configurationOf(options: GlobalOptions): ConfigurationChoice {
  return {
    directory: options.configDir ?? null,
    file: options.config ?? null,
    env: options.env,
    logLevel: options.logLevel === undefined ? null : LOG_LEVELS[options.logLevel],
  };
}

const LOG_LEVELS: Readonly<Record<NonNullable<GlobalOptions["logLevel"]>, LogLevel>> = {
  debug: "DEBUG",
  info: "INFO",
  warn: "WARN",
  error: "ERROR",
};
