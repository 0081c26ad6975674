import assert from "node:assert/strict";
import { apexProgram, parseArguments } from "../../../src/presentation/cli/arguments.ts";
import type { Invocation, Surroundings } from "../../../src/presentation/cli/invocation.ts";

const TERMINAL: Surroundings = { terminal: true, color: true, version: "1.2.3" };
const PIPE: Surroundings = { terminal: false, color: true, version: "1.2.3" };

Deno.test("without a command, apex watches with the dashboard", () => {
  const { wish, configuration } = run("");
  assert.deepEqual(wish, {
    command: "watch",
    output: "dashboard",
    forMs: null,
    now: null,
    failOn: null,
    color: true,
    autoMigrate: false,
  });
  assert.deepEqual(configuration, { directory: null, file: null, env: "dev", logLevel: null });
});

Deno.test("options without a command belong to watch", () => {
  const { wish, configuration } = run("--env demo --no-dashboard --for 5s");
  assert.equal(wish.command === "watch" && wish.output, "text");
  assert.equal(wish.command === "watch" && wish.forMs, 5000);
  assert.equal(configuration.env, "demo");
});

Deno.test("global options are understood before and after the command", () => {
  for (
    const line of ["--config-dir /etc/apex --log-level debug watch", "watch --config-dir /etc/apex --log-level debug"]
  ) {
    assert.deepEqual(run(line).configuration, {
      directory: "/etc/apex",
      file: null,
      env: "dev",
      logLevel: "DEBUG",
    }, line);
  }
});

Deno.test("watch shows plain text where the output is no terminal, and where a format is asked for", () => {
  assert.equal(outputOf(run("watch", PIPE)), "text");
  assert.equal(outputOf(run("watch --format jsonl")), "jsonl");
  assert.equal(outputOf(run("watch --format text")), "text");
});

Deno.test("snapshot waits 30 seconds and prints a table unless told otherwise", () => {
  assert.deepEqual(run("snapshot").wish, {
    command: "snapshot",
    output: "table",
    timeoutMs: 30_000,
    forMs: null,
    now: null,
    failOn: null,
    color: true,
    width: null,
    watch: null,
  });
  const { wish } = run("snapshot --format json --timeout 1m30s --fail-on hard");
  assert.deepEqual(wish.command === "snapshot" && [wish.output, wish.timeoutMs, wish.failOn], ["json", 90_000, "hard"]);
});

Deno.test("a table that is shown again is drawn over itself on a terminal alone", () => {
  const watchOf = (line: string, where?: Surroundings) => {
    const { wish } = run(line, where);
    return wish.command === "snapshot" ? wish.watch : null;
  };
  assert.deepEqual(watchOf("snapshot --watch"), { everyMs: 2_000, draws: true });
  assert.deepEqual(watchOf("snapshot --watch 10"), { everyMs: 10_000, draws: true });
  assert.deepEqual(watchOf("snapshot --watch 1m", PIPE), { everyMs: 60_000, draws: false });
});

Deno.test("scenario takes moves in per cent, as fractions and in points", () => {
  const { wish } = run("scenario --spot -10%,-0.05,0,+5% --vol -5pt,0,+10% --days 0,5 --by-beta --by-name --stored");
  assert.ok(wish.command === "scenario");
  assert.deepEqual(wish.spots, [-0.1, -0.05, 0, 0.05]);
  assert.deepEqual(wish.vols, [
    { kind: "points", value: -0.05 },
    { kind: "points", value: 0 },
    { kind: "relative", value: 0.1 },
  ]);
  assert.deepEqual([wish.days, wish.byBeta, wish.byName, wish.stored], [[0, 5], true, true, true]);
});

Deno.test("scenario without a word leaves the moves to the configuration", () => {
  const { wish } = run("scenario");
  assert.ok(wish.command === "scenario");
  assert.deepEqual([wish.spots, wish.vols, wish.days, wish.stored], [null, null, [0], false]);
});

Deno.test("a snapshot that goes into a pipe or a file has no colours", () => {
  const { wish } = run("snapshot", PIPE);
  assert.equal(wish.command === "snapshot" && wish.color, false);
});

Deno.test("--no-color and NO_COLOR both switch colours off", () => {
  const asked = run("watch --no-color").wish;
  const everywhere = run("watch", { ...TERMINAL, color: false }).wish;
  assert.deepEqual([asked, everywhere].map((wish) => wish.command === "watch" && wish.color), [false, false]);
});

Deno.test("migrate brings everything up to date unless it is told otherwise", () => {
  const migrate = { command: "migrate", action: "up", dryRun: false, to: null, now: null, width: null };
  assert.deepEqual(run("migrate").wish, migrate);
  assert.deepEqual(run("migrate up --to 3 --dry-run").wish, { ...migrate, to: 3, dryRun: true });
  assert.deepEqual(run("migrate status").wish, { ...migrate, action: "status" });
});

Deno.test("db checks, backs up into a file, or prunes", () => {
  assert.deepEqual(run("db check").wish, {
    command: "db",
    action: "check",
    to: null,
    keepDays: null,
    dryRun: false,
    now: null,
    width: null,
  });
  assert.deepEqual(run("db backup --to data/b.db").wish, {
    command: "db",
    action: "backup",
    to: "data/b.db",
    keepDays: null,
    dryRun: false,
    now: null,
    width: null,
  });
  assert.deepEqual(run("db prune --keep-days 7 --dry-run").wish, {
    command: "db",
    action: "prune",
    to: null,
    keepDays: 7,
    dryRun: true,
    now: null,
    width: null,
  });
});

Deno.test("simulate takes a port, a seed, a scenario and several faults", () => {
  assert.deepEqual(run("simulate --port 0 --seed 7 --scenario a.yaml --fault drop@5s --fault freeze@9s").wish, {
    command: "simulate",
    broker: "ib",
    port: 0,
    scenario: "a.yaml",
    seed: 7,
    faults: ["drop@5s", "freeze@9s"],
    now: null,
    forMs: null,
  });
});

Deno.test("simulate serves each broker's server where that one listens", () => {
  const place = (line: string) => {
    const { wish } = run(line);
    return wish.command === "simulate" && [wish.broker, wish.port];
  };
  assert.deepEqual(place("simulate"), ["ib", 7497]);
  assert.deepEqual(place("simulate --broker futu"), ["futu", 11_111]);
  assert.deepEqual(place("simulate --broker futu --port 0"), ["futu", 0]);
  assert.match(misused("simulate --broker both"), /Allowed choices are ib, futu/);
});

Deno.test("--now takes an instant in any zone", () => {
  // 10:30 in New York in November is 15:30 in UTC.
  const expected = Date.UTC(2026, 10, 20, 15, 30);
  for (const time of ["2026-11-20T15:30:00Z", "2026-11-20T10:30-05:00", "2026-11-20T10:30[America/New_York]"]) {
    const { wish } = run(`watch --now ${time}`);
    assert.equal(wish.command === "watch" && wish.now, expected, time);
  }
});

Deno.test("a mistyped command is named, with the one that was probably meant", () => {
  assert.match(misused("wach"), /unknown command 'wach'\n\(Did you mean watch\?\)/);
  assert.match(misused("snaphsot --format json"), /unknown command 'snaphsot'\n\(Did you mean snapshot\?\)/);
});

Deno.test("help on a command that does not exist says so", () => {
  assert.match(misused("help snapshto"), /unknown command 'snapshto'\n\(Did you mean snapshot\?\)/);
  assert.match(printed("help snapshot"), /Usage: apex snapshot/);
});

Deno.test("a word far from every command gets the list of commands, without the hidden one", () => {
  const text = misused("frobnicate");
  assert.match(text, /The commands are .*watch, snapshot, .*version, help\./);
  assert.doesNotMatch(text, /self-test/);
});

Deno.test("a mistyped option gets a suggestion", () => {
  assert.match(misused("--evn demo"), /unknown option '--evn'\n\(Did you mean --env\?\)/);
  assert.match(misused("snapshot --tmeout 3s"), /unknown option '--tmeout'\n\(Did you mean --timeout\?\)/);
});

for (
  const [line, complaint] of [
    ["snapshot --for 5", /5 has no unit: write 5s, 5m or 5ms/],
    ["snapshot --timeout soon", /write a number with its unit, such as 20s/],
    ["watch --for 0s", /above zero/],
    ["watch --for 30h40x", /write a number with its unit/],
    ["watch --for 999999h", /24 days at most/],
    ["--env live", /Allowed choices are dev, prod, demo/],
    ["snapshot --format xml", /Allowed choices are table, csv, json/],
    ["snapshot --watch soon", /write a number with its unit/],
    ["snapshot --watch 0", /write 0.2 to 3600 seconds/],
    ["scenario --spot -5", /Write "-5" as -5% or -0.05/],
    ["scenario --spot -100%", /A spot can fall by 99%/],
    ["scenario --vol 5", /Write "5" as 5pt \(points\) or \+10%/],
    ["scenario --days 1.5", /Write whole days/],
    ["scenario --stored --watch", /--watch follows the broker's book/],
    ["watch --fail-on any", /Allowed choices are soft, hard/],
    ["migrate upp", /Allowed choices are up, status, verify/],
    ["migrate status --to 3", /belong to "apex migrate up"/],
    ["migrate --to 0", /whole number from 1/],
    ["db", /missing required argument 'action'\nIt is one of check, backup, prune\.\n"apex db --help" shows/],
    ["history", /missing required argument 'what'\nIt is one of pnl, .*\n"apex history --help" shows/],
    ["--env demo positions --format xml", /"apex positions --help" shows/],
    ["--env live", /"apex --help" shows/],
    ["db backup", /needs --to/],
    ["db check --to a.db", /belongs to backup/],
    ["db check --dry-run", /belong to "apex db prune"/],
    ["db prune --keep-days 0", /whole number from 1/],
    ["simulate --port 70000", /whole number from 0 to 65535/],
    ["simulate --port 1e3", /whole number from 0 to 65535/],
    ["simulate --seed -1", /whole number|argument missing/],
    ["watch --now 15:30", /write a date, a time and a zone/],
    ["watch --now 2026-11-20T15:30", /write a date, a time and a zone/],
    ["watch --config", /argument missing/],
    ["watch now", /too many arguments/],
    ["self-test", /--attempt/],
  ] as const
) {
  Deno.test(`"apex ${line}" is refused with the reason`, () => assert.match(misused(line), complaint));
}

Deno.test("every command has help with examples", () => {
  for (const command of ["", "watch", "snapshot", "scenario", "simulate", "migrate", "db", "calendar", "version"]) {
    const text = printed(`${command} --help`);
    assert.match(text, /Usage: apex/, command);
    assert.match(text, /Examples:\n {2}apex/, command);
  }
});

for (const [columns, widest] of [[null, 100], [0, 100], [200, 100], [80, 80]] as const) {
  Deno.test(`the help's options and commands take ${widest} columns of ${columns ?? "a pipe"}`, () => {
    for (const command of ["", ...apexProgram().commands.map((each) => each.name())]) {
      const invocation = parseArguments([command, "--help"].filter((word) => word !== ""), { ...PIPE, columns });
      assert(invocation.kind === "print", command);
      const listed = invocation.text.split(/^(?:Without a command|Examples:)/m)[0] ?? "";
      assert.deepEqual(listed.split("\n").filter((line) => line.length > widest), [], command);
    }
  });
}

Deno.test("the help names every command but the hidden one, and the exit codes", () => {
  const text = printed("--help");
  for (
    const word of [
      "watch",
      "snapshot",
      "scenario",
      "simulate",
      "migrate",
      "db",
      "calendar",
      "version",
      "Exit codes",
      "--config-dir",
      "--now",
    ]
  ) {
    assert.ok(text.includes(word), word);
  }
  assert.doesNotMatch(text, /self-test/);
});

Deno.test("the version is one line", () => {
  for (const line of ["version", "--version", "-V"]) assert.equal(printed(line), "1.2.3\n", line);
});

function run(line: string, where: Surroundings = TERMINAL): Extract<Invocation, { kind: "run" }> {
  const invocation = parseArguments(words(line), where);
  assert.equal(invocation.kind, "run", "text" in invocation ? invocation.text : "");
  return invocation as Extract<Invocation, { kind: "run" }>;
}

function misused(line: string): string {
  const invocation = parseArguments(words(line), TERMINAL);
  assert.equal(invocation.kind, "misused");
  return invocation.kind === "misused" ? invocation.text : "";
}

function printed(line: string): string {
  const invocation = parseArguments(words(line), TERMINAL);
  assert.equal(invocation.kind, "print");
  return invocation.kind === "print" ? invocation.text : "";
}

function outputOf({ wish }: Extract<Invocation, { kind: "run" }>): string | null {
  return wish.command === "watch" ? wish.output : null;
}

function words(line: string): string[] {
  return line.split(" ").filter((word) => word !== "");
}
