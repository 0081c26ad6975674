import assert from "node:assert/strict";
import type { MigrateRequest } from "../../../src/application/command.ts";
import type { AppliedMigration, Migration } from "../../../src/application/migrations.ts";
import type { ExtensionState, StoreExtension } from "../../../src/application/ports/store_extension.ts";
import { extensionReport } from "../../../src/presentation/cli/extension_report.ts";
import { migrationReport } from "../../../src/presentation/cli/migration_report.ts";

const STEPS = ["hypertables", "compression"].map((name, at): Migration => ({
  number: at + 1,
  name,
  sql: "",
  checksum: name,
}));
const UP: MigrateRequest = { command: "migrate", action: "up", dryRun: false, to: null, now: null };
const ACTIONS = [UP, { ...UP, dryRun: true }, { ...UP, action: "status" }, { ...UP, action: "verify" }] as const;
const ENABLED: ExtensionState = { kind: "enabled", description: "Chunks 2.1", remark: null, steps: 2 };

Deno.test("a server without the extension is a line, whatever was asked, and no failure", async () => {
  const state: ExtensionState = { kind: "absent", description: "Chunks", remark: "not there; plain tables", steps: 0 };
  for (const request of ACTIONS) {
    assert.equal(await extensionReport(request, extension({ state })), "Chunks: not there; plain tables\n");
  }
});

Deno.test("an extension that may not be enabled leaves its remark, and applies nothing", async () => {
  const state: ExtensionState = { kind: "available", description: "Chunks 2.1", remark: "let a superuser", steps: 0 };
  const under = extension({ state, enabled: { ...state, remark: "not enabled: permission denied" } });
  assert.equal(await extensionReport(UP, under), "Chunks 2.1: not enabled: permission denied\n");
  assert.deepEqual(await under.target.applied(), []);
  assert.match(await extensionReport({ ...UP, dryRun: true }, under), /001_hypertables +would be applied/);
});

Deno.test("up enables it, applies the steps, follows the configuration, and then has nothing to do", async () => {
  const state: ExtensionState = { kind: "available", description: "Chunks 2.1", remark: "not enabled", steps: 0 };
  const under = extension({ state, enabled: ENABLED, unsettled: ["kept for 30 days"] });
  assert.equal(
    await extensionReport(UP, under),
    [
      "Chunks 2.1",
      "Step             State",
      "---------------  -------",
      "001_hypertables  applied",
      "002_compression  applied",
      "- kept for 30 days",
      "",
    ].join("\n"),
  );
  assert.equal(await extensionReport(UP, under), "Chunks 2.1: up to date\n");
  assert.match(await extensionReport({ ...UP, action: "verify" }, under), /each step as this program has it/);
});

Deno.test("status and verify name what is pending and what does not follow the configuration", async () => {
  const one = extension({ state: ENABLED, applied: 1 });
  assert.match(
    await extensionReport({ ...UP, action: "status" }, one),
    /^Chunks 2.1: run apex migrate\nStep [^]*applied\n002_compression +pending\n$/,
  );
  await assert.rejects(extensionReport({ ...UP, action: "verify" }, one), { message: /002_compression not applied/ });
  const other = extension({ state: ENABLED, applied: 2, unsettled: ["not kept for 30 days"] });
  assert.match(await extensionReport({ ...UP, action: "status" }, other), /\n- not kept for 30 days\n$/);
  await assert.rejects(extensionReport({ ...UP, action: "verify" }, other), { message: /not kept for 30 days/ });
});

Deno.test("a server that can take some steps gets those, and keeps those that it took when it could more", async () => {
  const state: ExtensionState = { ...ENABLED, remark: "under another licence", steps: 1 };
  const under = extension({ state });
  assert.match(
    await extensionReport(UP, under),
    /^Chunks 2.1: under another licence\nStep [^]*\n001_hypertables +applied\n$/,
  );
  const all = extension({ state, applied: 2 });
  assert.equal(await extensionReport(UP, all), "Chunks 2.1: under another licence; up to date\n");
});

Deno.test("its steps wait until every migration is asked for", async () => {
  const known = STEPS;
  const under = extension({ state: ENABLED });
  const target = extension({ state: ENABLED }).target;
  assert.doesNotMatch(await migrationReport({ ...UP, to: 1 }, known, target, under), /Chunks/);
  assert.deepEqual(await under.target.applied(), []);
  assert.match(
    await migrationReport(UP, known, target, under),
    /1 migration applied\.\nChunks 2.1\nStep [^]*\n001_hypertables/,
  );
});

interface Fake {
  readonly state: ExtensionState;
  readonly enabled?: ExtensionState;
  readonly applied?: number;
  readonly unsettled?: readonly string[];
}

function extension({ state, enabled = state, applied = 0, unsettled = [] }: Fake): StoreExtension {
  const rows: AppliedMigration[] = STEPS.slice(0, applied);
  let now = state;
  let open = unsettled;
  return {
    steps: STEPS,
    target: {
      description: "a store",
      applied: () => Promise.resolve(rows),
      applyNext: (choose) =>
        new Promise((resolve) => {
          const next = choose(rows);
          if (next !== null) rows.push(next);
          resolve(next);
        }),
      close: () => Promise.resolve(),
    },
    state: () => Promise.resolve(now),
    enable: () => Promise.resolve(now = enabled),
    unsettled: () => Promise.resolve(open),
    settle: () => {
      const settled = open;
      open = [];
      return Promise.resolve(settled);
    },
  };
}
