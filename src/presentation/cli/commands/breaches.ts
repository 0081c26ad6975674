/** `apex breaches`: the open ones, and who has seen them. */
import { Argument, Option } from "@commander-js/extra-typings";
import type { BreachesRequest, Wish } from "../../../application/command.ts";
import type { Surroundings } from "../invocation.ts";
import { type ApexProgram, type GlobalOptions, repetition, watchOption } from "../options.ts";

const EXAMPLES = `
Examples:
  apex breaches                            what is open at the running monitor
  apex breaches --format json              the same for a script
  apex breaches ack max_margin_utilization --note "adding no risk today"
  apex breaches take-back max_margin_utilization

Asks the apex watch that runs in this folder and environment. When none runs, the list shows what the store has as open,
and since when; ack and take-back need a running monitor. An acknowledgement carries dashboard.operator, as set where
the monitor was started. apex history breaches tells how each came to this.`;

const ACTIONS = { ack: "acknowledge", "take-back": "take-back" } as const;

export function addBreaches(program: ApexProgram, where: Surroundings, choose: (wish: Wish) => void): void {
  program.command("breaches")
    .description("the open breaches; acknowledge one, or take that back")
    .addArgument(
      new Argument("[action]", "ack or take-back; without it they are listed").choices(["ack", "take-back"] as const),
    )
    .addArgument(new Argument("[id]", "the breach, as the list names it"))
    .option("--note <text>", "ack: what is to be remembered with it")
    .addOption(
      new Option("--format <format>", "how to print it").choices(["table", "csv", "json"] as const)
        .default("table" as const),
    )
    .addOption(watchOption())
    .addHelpText("after", EXAMPLES)
    .action((action, id, own, command) => {
      const { for: forMs, now }: GlobalOptions = command.optsWithGlobals();
      const request: Omit<BreachesRequest, "monitor"> = {
        command: "breaches",
        action: action === undefined ? "list" : ACTIONS[action],
        breach: id ?? null,
        note: own.note ?? null,
        output: own.format ?? "table",
        watch: repetition(own.watch, where),
        forMs: forMs ?? null,
        now: now ?? null,
        width: where.columns ?? null,
      };
      const fault = misplaced(request, action);
      if (fault !== null) command.error(`error: ${fault}`);
      choose(request);
    });
}

const LONGEST_NOTE = 500;

/** What makes no sense together, or null. */
function misplaced(
  { action, breach, note, watch, output }: Omit<BreachesRequest, "monitor">,
  word: string | undefined,
): string | null {
  if (action !== "list" && breach === null) return `${word} which? Name the breach: apex breaches lists their ids`;
  if (action !== "acknowledge" && note !== null) return "--note belongs to ack";
  if (note !== null && note.length > LONGEST_NOTE) return `a note has at most ${LONGEST_NOTE} characters`;
  if (action !== "list" && watch !== null) return "--watch belongs to the list of breaches";
  if (action !== "list" && output === "csv") return `${word} prints text or json`;
  return null;
}
