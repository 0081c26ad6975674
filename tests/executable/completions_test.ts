/** The completions in real shells: bash, zsh and fish, as far as they are installed. */
import assert from "node:assert/strict";
import { apex, ended, EXECUTABLE, hasLog, smoke, start, whileRunning } from "./executable.ts";
import { inTerminal } from "./terminal.ts";

/** A word on a line for each candidate that the shell offers behind the line. */
const OFFERS = {
  bash: {
    args: (line: string) => [
      "--norc",
      "-c",
      `source <(apex completions bash); COMP_LINE=${quoted(line)}; COMP_POINT=\${#COMP_LINE}; _apex; ` +
      `printf '%s\\n' "\${COMPREPLY[@]}"`,
    ],
  },
  fish: {
    args: (line: string) => ["--no-config", "-c", `apex completions fish | source; complete -C ${quoted(line)}`],
  },
} as const;

function quoted(text: string): string {
  return `'${text}'`;
}

function installed(shell: string): boolean {
  try {
    return new Deno.Command(shell, { args: ["-c", "exit 0"], stdin: "null" }).outputSync().success;
  } catch (fault) {
    if (!(fault instanceof Deno.errors.NotFound) && !(fault instanceof Deno.errors.NotCapable)) throw fault;
    console.warn(`SKIPPED: ${shell} is not installed, so its completions are not tested; apt-get install ${shell}`);
    return false;
  }
}

const HAS = { bash: installed("bash"), zsh: installed("zsh"), fish: installed("fish") };

/** The folder's own `apex`, as it is found through PATH. */
function withApexOnPath(folder: string): Record<string, string> {
  Deno.mkdirSync(`${folder}/bin`);
  Deno.writeTextFileSync(`${folder}/bin/apex`, `#!/bin/sh\nexec '${EXECUTABLE}' "$@"\n`);
  Deno.chmodSync(`${folder}/bin/apex`, 0o755);
  return { PATH: `${folder}/bin:/usr/bin:/bin`, HOME: folder, TERM: "dumb" };
}

function offered(shell: keyof typeof OFFERS, folder: string, environment: Record<string, string>, line: string) {
  const { success, stdout, stderr } = new Deno.Command(shell, {
    args: OFFERS[shell].args(line),
    cwd: folder,
    env: environment,
    clearEnv: true,
    stdin: "null",
  }).outputSync();
  const decoder = new TextDecoder();
  assert.ok(success, decoder.decode(stderr));
  return decoder.decode(stdout).split("\n").filter((word) => word !== "").map((word) => word.split("\t")[0] ?? "")
    .sort();
}

const CASES: readonly (readonly [line: string, words: readonly string[]])[] = [
  ["apex wa", ["watch"]],
  ["apex --env ", ["demo", "dev", "prod"]],
  ["apex history ", ["breaches", "fills", "pnl", "positions", "risk", "sync"]],
  ["apex history pnl --plo", ["--plot"]],
  ["apex snapshot --fail-on ", ["hard", "soft"]],
  ["apex --env demo config ", ["check", "show"]],
  ["apex completions ", ["bash", "fish", "zsh"]],
  ["apex help doc", ["doctor"]],
];

for (const shell of ["bash", "fish"] as const) {
  if (!HAS[shell]) continue;
  smoke(`${shell} completes commands, options and choices`, (folder) => {
    const environment = withApexOnPath(folder);
    for (const [line, words] of CASES) {
      assert.deepEqual(offered(shell, folder, environment, line), words, line);
    }
  });

  smoke(
    `${shell} completes accounts, symbols and breaches from the monitor that runs, then from its store`,
    async (folder) => {
      const environment = withApexOnPath(folder);
      Deno.writeTextFileSync(`${folder}/config/demo.yaml`, "risk_limits: { max_total_gross_notional: 1_000 }\n");
      const child = start(folder, "watch --env demo --no-dashboard");
      const running = ended(child);
      const ask = (line: string) => offered(shell, folder, environment, line);
      try {
        await whileRunning(running, "the log", () => hasLog(folder) || null);
        const accounts = await whileRunning(running, "accounts to complete", () => {
          const words = ask("apex --env demo history pnl --account DU");
          return words.length > 0 ? words : null;
        });
        assert.deepEqual(accounts, ["DU1", "DU2"]);
        assert.deepEqual(ask("apex --env demo positions --symbol NV"), ["NVDA"]);
        const breaches = await whileRunning(running, "a breach to complete", () => {
          const words = ask("apex --env demo breaches ack max_total");
          return words.length > 0 ? words : null;
        });
        assert.match(breaches.join(), /max_total_gross_notional/);
        assert.deepEqual(ask("apex history pnl --account DU"), [], "none runs for dev, and none has");
      } finally {
        child.kill("SIGTERM");
        await running;
      }
      assert.deepEqual(ask("apex --env demo history pnl --account DU"), ["DU1", "DU2"]);
    },
  );
}

const SETUP = {
  bash: "source <(apex completions bash)",
  zsh: "autoload -Uz compinit; compinit -u -D; source <(apex completions zsh)",
  fish: "apex completions fish | source",
} as const;
const SHELL = { bash: "bash --norc", zsh: "zsh -f", fish: "fish --no-config" } as const;

for (const shell of ["bash", "zsh", "fish"] as const) {
  if (!HAS[shell]) continue;
  smoke(`Tab completes in ${shell} on a terminal`, async (folder) => {
    withApexOnPath(folder);
    await inTerminal(folder, async (terminal) => {
      terminal.type(`PATH=${folder}/bin:$PATH PS1='ready> ' HOME=${folder} exec ${SHELL[shell]}`);
      terminal.type(`${SETUP[shell]}; echo set up`);
      await terminal.shows(/^set up$/m);
      terminal.type("clear");
      terminal.press("apex wa");
      terminal.press("Tab");
      await terminal.shows(/apex watch/);
      // tmux would take a word that begins with a dash for an option of its own.
      terminal.press(" --forma");
      terminal.press("Tab");
      await terminal.shows(/apex watch +--format/);
      terminal.press(" jso");
      terminal.press("Tab");
      await terminal.shows(/apex watch +--format +jsonl/);
    });
  });
}

smoke("nothing is completed, and nothing said, where there is neither a monitor nor a store", async (folder) => {
  for (const what of ["accounts", "symbols", "breaches"]) {
    assert.deepEqual(await apex(folder, `completions --complete ${what}`), { code: 0, stdout: "", stderr: "" });
  }
});
