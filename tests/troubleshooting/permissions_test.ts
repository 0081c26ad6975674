/** What the sandbox or the system refuses, and faults of the configuration. */
import assert from "node:assert/strict";
import { dataFolderFinding, hostsFinding } from "../../src/application/doctor/places.ts";
import type { ControlFile } from "../../src/application/control/control_file.ts";
import { findRunningMonitor } from "../../src/compose/monitor_around.ts";
import { controlPath, findControlFile, writeControlFile } from "../../src/infrastructure/control/control_files.ts";
import { loadSettings } from "../../src/infrastructure/config/load.ts";
import { folderState } from "../../src/infrastructure/files/folder_state.ts";
import { describeFailure, failureOf } from "../../src/supervision/failure.ts";
import { requireHostsAllowed } from "../../src/supervision/fence.ts";
import { memoryFiles } from "../infrastructure/config/memory_files.ts";
import { troubleshoot } from "./manual_words.ts";

troubleshoot("A host that the executable may not reach", (see) => {
  const fault = faultOf(() => requireHostsAllowed(["db.corp:5432"], () => false));
  see(describeFailure(failureOf(fault), false));
  see(hostsFinding([{ host: "db.corp:5432", isAllowed: false }]).found);
});

troubleshoot("An address that the configuration does not name", (see) => {
  const refused = new Deno.errors.NotCapable('Requires net access to "10.0.0.5:5432", run again with --allow-net');
  see(describeFailure(failureOf(refused), false));
});

troubleshoot("A configuration that cannot be read", (see) => {
  const outside = new Deno.errors.NotCapable('Requires read access to "config/base.yaml"');
  for (const refusal of [outside, new Deno.errors.PermissionDenied("EACCES")]) {
    see(faultOf(() => load({ "config/base.yaml": refusal })).message);
  }
});

troubleshoot("A wrong value or key", (see) => {
  see(faultOf(() => load({ "config/base.yaml": "ibkr:\n  port: abc\n  hots: 127.0.0.1\n" })).message);
});

troubleshoot("The data folder cannot be written", (see) => {
  const state = folderState("/apex-nowhere");
  see(dataFolderFinding("data", state).found);
  see(dataFolderFinding("data", { kind: "refused", reason: "the system refuses it to this user" }).found);
});

troubleshoot("No monitor to ask", async (see) => {
  const found = await findRunningMonitor("prod", true);
  see(found.kind === "running" ? "" : found.obstacle);
  const off = await findRunningMonitor("prod", false);
  see(off.kind === "running" ? "" : off.obstacle);
});

troubleshoot("The token file is open to others", (see) => {
  const above = Deno.makeTempDirSync();
  try {
    const folder = `${above}/run`;
    writeControlFile(FILE, folder);
    Deno.chmodSync(controlPath("demo", folder), 0o644);
    const found = findControlFile("demo", folder);
    see(found.kind === "unusable" ? found.obstacle : found.kind);
  } finally {
    Deno.removeSync(above, { recursive: true });
  }
});

const FILE: ControlFile = {
  ...{ env: "demo", port: 40_123, token: "0a".repeat(32), proof: "f5".repeat(32), pid: 4711 },
  startedAt: "2026-11-20T15:30:00.000Z",
};

function load(files: Parameters<typeof memoryFiles>[0]) {
  return loadSettings({ env: "dev", configDir: null, configFile: null, environment: {}, read: memoryFiles(files) });
}

function faultOf(attempt: () => unknown): Error {
  try {
    attempt();
  } catch (fault) {
    assert(fault instanceof Error);
    return fault;
  }
  throw new Error("nothing was refused");
}
