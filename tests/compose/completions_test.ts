/** Completions: what the scripts hold, and what they are answered. The shells themselves are tested with the executable. */
import assert from "node:assert/strict";
import { printCompletions, wordsInTime } from "../../src/compose/completions.ts";
import { apexProgram, parseArguments } from "../../src/presentation/cli/arguments.ts";
import { EXCHANGES } from "../../src/domain/calendar/exchange.ts";
import {
  type CompletedCommand,
  completionTree,
  type Values,
} from "../../src/presentation/cli/completions/completion_tree.ts";
import { optionsOf } from "../../src/presentation/cli/completions/script_tables.ts";
import { VirtualClock } from "../support/virtual_clock.ts";

const TREE = completionTree(apexProgram());
const SHELLS = ["bash", "zsh", "fish"] as const;

function command(name: string): CompletedCommand {
  return TREE.commands.find((each) => each.name === name) ?? assert.fail(name);
}

function option(name: string, flag: string): Values | null {
  return command(name).options.find(({ flags }) => flags.includes(flag))?.values ?? null;
}

Deno.test("every command but the hidden one can be completed, with its options and choices", () => {
  const names = TREE.commands.map(({ name }) => name);
  for (const name of ["watch", "snapshot", "doctor", "init", "config", "history", "completions", "help"]) {
    assert.ok(names.includes(name), name);
  }
  assert.ok(!names.includes("self-test"));
  assert.deepEqual(option("snapshot", "--format"), { kind: "words", words: ["table", "csv", "json"] });
  assert.deepEqual(command("history").arguments[0], {
    kind: "words",
    words: ["pnl", "risk", "fills", "breaches", "positions", "sync"],
  });
  assert.equal(option("watch", "--no-dashboard"), null, "nothing stands behind a flag");
});

Deno.test("accounts, symbols and breaches are asked for wherever they stand, files looked for", () => {
  assert.deepEqual(option("history", "--account"), { kind: "asked", what: "accounts" });
  assert.deepEqual(option("positions", "--symbol"), { kind: "asked", what: "symbols" });
  assert.deepEqual(command("breaches").arguments[1], { kind: "asked", what: "breaches" });
  assert.deepEqual(option("db", "--to"), { kind: "files" });
  assert.deepEqual(TREE.options.find(({ flags }) => flags.includes("--config-dir"))?.values, { kind: "folders" });
});

Deno.test("what runs without a command gives its options to apex itself", () => {
  assert.ok(TREE.options.some(({ flags }) => flags.includes("--no-dashboard")));
});

Deno.test("no command is offered an option that it does not know", () => {
  for (const each of TREE.commands) {
    for (const flag of optionsOf(each, TREE).flatMap(({ flags }) => flags)) {
      const parsed = parseArguments([each.name, flag], { terminal: false, color: false, version: "" });
      assert.doesNotMatch(parsed.kind === "misused" ? parsed.text : "", /unknown option/, `apex ${each.name} ${flag}`);
    }
  }
});

Deno.test("each script names every command and option, and nothing hidden", async () => {
  for (const shell of SHELLS) {
    const { text, code } = await printCompletions({ command: "completions", shell });
    assert.equal(code, 0);
    for (const { name, options } of TREE.commands) {
      assert.ok(text.includes(name), `${shell}: ${name}`);
      for (const flag of options.flatMap(({ flags }) => flags).filter((each) => each.startsWith("--"))) {
        assert.ok(text.includes(flag), `${shell}: ${name} ${flag}`);
      }
    }
    // Those that the scripts ask by: the hidden command, and the hidden option as a word of its own.
    assert.doesNotMatch(text, /self-test/, shell);
    assert.doesNotMatch(text, /completions\|--complete/, shell);
  }
});

Deno.test("completions wants to be told the shell, and knows three", () => {
  const parsed = (line: string) =>
    parseArguments(["completions", ...line.split(" ").filter((word) => word !== "")], {
      terminal: false,
      color: false,
      version: "",
    });
  const text = (line: string) => {
    const invocation = parsed(line);
    return invocation.kind === "misused" ? invocation.text : assert.fail(invocation.kind);
  };
  assert.match(text(""), /missing argument 'shell': bash, zsh or fish/);
  assert.match(text("tcsh"), /Allowed choices are bash, zsh, fish/);
  assert.equal(parsed("fish").kind, "local");
});

const ANSWER = { accounts: ["DU1", "DU2", "DU1"], symbols: ["SPY"], breaches: ["max_daily_loss:PORTFOLIO"] };

Deno.test("each word is given once, on a line of its own; what would break a prompt is left out", async () => {
  const clock = new VirtualClock();
  const answer = { ...ANSWER, symbols: ["SPY", "A\nB", "\x1b[2J", "", "BRK B"] };
  assert.equal(await wordsInTime("accounts", () => Promise.resolve(answer), clock), "DU1\nDU2\n");
  assert.equal(await wordsInTime("symbols", () => Promise.resolve(answer), clock), "SPY\nBRK B\n");
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("an error completes nothing, and so does a monitor that takes longer than 300 ms", async () => {
  const clock = new VirtualClock();
  assert.equal(await wordsInTime("accounts", () => Promise.reject(new Error("no monitor")), clock), "");
  let text: string | null = null;
  let isTold = false;
  wordsInTime("accounts", (signal) => {
    signal.addEventListener("abort", () => isTold = true);
    return new Promise(() => {});
  }, clock).then((words) => text = words);
  await clock.advance(299);
  assert.equal(text, null);
  await clock.advance(1);
  assert.deepEqual([text, isTold], ["", true]);
  // Started 300 ms ago: whoever is asked still has a moment.
  text = null;
  wordsInTime("accounts", () => new Promise(() => {}), clock).then((words) => text = words);
  await clock.advance(99);
  assert.equal(text, null);
  await clock.advance(1);
  assert.equal(text, "");
});

Deno.test("the exchanges that have a calendar are completed", () => {
  const market = command("calendar").options.find(({ flags }) => flags.includes("--market"));
  assert.deepEqual(market?.values, { kind: "words", words: EXCHANGES });
});
