/** The first minutes with the executable: init, config, doctor; and what each command says when it fails. */
import assert from "node:assert/strict";
import type { Finding } from "../../src/application/doctor/finding.ts";
import { apexProgram } from "../../src/presentation/cli/arguments.ts";
import { apex, configureBroker, ended, freePort, smoke, start, whileRunning } from "./executable.ts";

smoke("init, config and doctor work one after the other in an empty folder", async (folder) => {
  for (const inside of ["config", "data"]) Deno.removeSync(`${folder}/${inside}`);
  const written = await apex(folder, "init");
  assert.deepEqual([written.code, written.stderr], [0, ""]);
  assert.match(written.stdout, /^Wrote:\n {2}config\/base\.yaml .*\n[^]*Next:\n {2}apex doctor/);
  assert.equal((Deno.statSync(`${folder}/data`).mode ?? 0) & 0o777, 0o700);
  assert.deepEqual(await apex(folder, "config check"), {
    code: 0,
    stdout: "No fault in config/base.yaml, config/risk_config.yaml, config/dev.yaml.\n",
    stderr: "",
  });
  const shown = await apex(folder, "config show --format json", { APEX_IBKR__PORT: "4002" });
  const port = JSON.parse(shown.stdout).find(({ key }: { key: string }) => key === "ibkr.port");
  assert.deepEqual([port.value, port.origin], ["4002", "APEX_IBKR__PORT"]);
  const doctor = await apex(folder, "doctor --env demo");
  assert.deepEqual([doctor.code, doctor.stderr], [0, ""]);
  assert.match(doctor.stdout, /^OK +TWS connection .*\(simulated\)/m);
  assert.deepEqual([...Deno.readDirSync(`${folder}/data/logs`)], [], "looking leaves no trace");
});

async function examined(folder: string, args = "", environment: Record<string, string> = {}) {
  const { code, stdout, stderr } = await apex(folder, `doctor --format json ${args}`, environment);
  const findings: readonly Finding[] = JSON.parse(stdout);
  const finding = (check: string) => findings.find((each) => each.check === check) ?? assert.fail(check);
  return { code, stderr, finding };
}

async function besideSimulator(folder: string, args: string, body: () => Promise<void>): Promise<void> {
  const port = freePort();
  configureBroker(folder, port);
  const child = start(folder, `simulate --port ${port} ${args}`);
  const running = ended(child);
  try {
    await whileRunning(running, "the simulated gateway", () => listens(port));
    await body();
  } finally {
    child.kill("SIGTERM");
    await running;
  }
}

async function listens(port: number): Promise<true | null> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch (fault) {
    if (fault instanceof Deno.errors.ConnectionRefused) return null;
    throw fault;
  }
}

smoke("doctor finds a sound gateway sound, and says what differs from the live environment", async (folder) => {
  Deno.chmodSync(`${folder}/data`, 0o700);
  await besideSimulator(folder, "", async () => {
    const { code, stderr, finding } = await examined(folder);
    assert.deepEqual([code, stderr], [0, ""]);
    for (const check of ["TWS connection", "Client id", "TWS account", "Market data", "Clock", "Permissions"]) {
      assert.equal(finding(check).status, "ok", JSON.stringify(finding(check)));
    }
    const live = await examined(folder, "--env prod");
    assert.equal(live.code, 1);
    assert.match(live.finding("TWS account").found, /simulated, and --env prod is for the live account/);
  });
});

for (
  const [fault, check, pattern] of [
    ["client-id-in-use:60s@0s", "Client id", /all in use \(326\)/],
    ["freeze:60s@0s", "TWS connection", /takes the connection and does not answer/],
    ["connectivity:1100@0s", "IBKR servers", /Connectivity between IBKR/],
  ] as const
) {
  smoke(`doctor finds the gateway's trouble ${fault}, within 20 s`, async (folder) => {
    await besideSimulator(folder, `--fault ${fault}`, async () => {
      const began = performance.now();
      const { code, stderr, finding } = await examined(folder);
      assert.ok(performance.now() - began < 20_000);
      assert.equal(code, 1);
      assert.match(stderr, /^apex: \d checks? failed: what to do is beside each\n$/);
      assert.equal(finding(check).status, "fail");
      assert.match(finding(check).found, pattern);
    });
  });
}

smoke("doctor tells of a faulty configuration and looks at the rest", async (folder) => {
  Deno.writeTextFileSync(`${folder}/config/base.yaml`, "ibkr:\n  prot: 7497\n");
  const { code, finding } = await examined(folder);
  assert.equal(code, 1);
  assert.match(finding("Configuration").found, /^1 fault:\nconfig\/base\.yaml:2:3 .*did you mean ibkr\.port/);
  assert.equal(finding("TWS connection").status, "skipped");
  assert.equal(finding("Data folder").status, "warn");
});

smoke("doctor tells of hosts that the executable was not built for instead of not starting", async (folder) => {
  const { code, finding } = await examined(folder, "", {
    APEX_DATABASE_DSN: "postgresql://desk:hunter2@db.example:5432/apex",
    APEX_FLEX__TOKEN: "123456",
  });
  assert.equal(code, 1);
  assert.match(finding("Permissions").found, /not built to reach db\.example:5432$/);
  assert.match(finding("Permissions").fix ?? "", /APEX_ALLOW_NET=db\.example:5432/);
  assert.equal(finding("Database").status, "skipped");
  assert.match(finding("Flex statements").fix ?? "", /APEX_ALLOW_NET=ndcdyn\.interactivebrokers\.com:443/);
});

smoke(
  "doctor tells of a data folder that cannot be written and of a configuration that cannot be read",
  async (folder) => {
    Deno.removeSync(`${folder}/data`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/data`, "");
    Deno.mkdirSync(`${folder}/config/base.yaml`);
    const { code, finding } = await examined(folder);
    assert.equal(code, 1);
    assert.deepEqual([finding("Data folder").status, finding("Configuration").status], ["fail", "fail"]);
    assert.match(finding("Data folder").found, /^Cannot write into data\/: it is no folder$/);
    assert.notEqual(finding("Data folder").fix ?? "", "");
    assert.match(finding("Configuration").found, /base\.yaml/);
  },
);

const NO_STORE = { APEX_DATABASE_DSN: "sqlite:data/none.db" };

/** A typical failure of every command, in a folder that has `faulty.yaml` and no gateway. */
const FAILURES: readonly (readonly [args: string, environment?: Record<string, string>])[] = [
  ["watch --config config/missing.yaml"],
  ["watch --config config/faulty.yaml"],
  ["snapshot --timeout 1s"],
  ["snapshot --timeout 1s", { APEX_DATABASE_DSN: "postgresql://u:p@127.0.0.1:1/apex" }],
  ["scenario --stored", NO_STORE],
  ["scenario --spot nonsense"],
  ["simulate --scenario config/missing.yaml"],
  ["simulate --scenario config/faulty.yaml"],
  ["simulate --port 0 --fault nonsense"],
  ["migrate", { APEX_DATABASE_DSN: "postgresql://u:p@127.0.0.1:1/apex" }],
  ["migrate --to 999"],
  ["db check", NO_STORE],
  ["db backup --to elsewhere/apex.db"],
  ["backfill --broker futu"],
  ["backfill --broker ib", { APEX_DATABASE_DSN: "sqlite:elsewhere/apex.db" }],
  ["status"],
  ["positions", NO_STORE],
  ["breaches ack nonsense"],
  ["history pnl", NO_STORE],
  ["history pnl", { APEX_DATABASE_DSN: "sqlite:config/faulty.yaml" }],
  ["calendar --market NYSE --from 1800-01-01 --to 1800-02-01"],
  ["calendar --from yesterday"],
  ["--config-dir elsewhere init"],
  ["doctor"],
  ["doctor", { APEX_DATABASE_DSN: "postgresql://u:p@db.example:5432/apex" }],
  ["config check --config config/faulty.yaml"],
  ["config show --config elsewhere.yaml"],
  ["completions tcsh"],
  ["self-test --attempt read"],
  ["self-test --attempt net"],
  ["version --loud"],
  ["frobnicate"],
];
/** Where in the program an error came from. */
const STACK = /^\s+at \S/m;

function commandOf(args: string): string {
  const words = args.split(" ").filter((word, at, all) =>
    !word.startsWith("-") && !(all[at - 1] ?? "").startsWith("-")
  );
  return words[0] ?? "";
}

function inFaultyFolder(folder: string): void {
  Deno.writeTextFileSync(`${folder}/config/faulty.yaml`, "ibkr: [1, 2\n");
  configureBroker(folder, freePort());
}

smoke("no command shows a stack when it fails, and each says in a sentence what is wrong", async (folder) => {
  inFaultyFolder(folder);
  for (const [args, environment = {}] of FAILURES) {
    const { code, stdout, stderr } = await apex(folder, args, environment);
    assert.ok([1, 2].includes(code), `${args}: code ${code}, ${stderr}`);
    assert.doesNotMatch(stdout + stderr, STACK, args);
    assert.match(stderr, /^(apex|error): \S+ \S+/, args);
  }
});

smoke("there is a typical failure of every command", () => {
  const tried = new Set(FAILURES.map(([args]) => commandOf(args)));
  const missing = apexProgram().commands.map((command) => command.name()).filter((name) => !tried.has(name));
  assert.deepEqual(missing, []);
});

smoke("with --log-level debug the stack is shown, for whoever looks for the place", async (folder) => {
  inFaultyFolder(folder);
  for (const args of ["--log-level debug db check", "--log-level debug self-test --attempt read"]) {
    const { code, stderr } = await apex(folder, args, NO_STORE);
    assert.equal(code, 1, args);
    assert.match(stderr, STACK, args);
  }
});
