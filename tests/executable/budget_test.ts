/** Size and start-up time of the executable, printed and held to their budgets. */
import assert from "node:assert/strict";
import { EMPTY_PROGRAM, EXECUTABLE, exists, smoke } from "./executable.ts";

const LARGEST_MB = 115;
const SLOWEST_ABOVE_EMPTY_MS = 60;
const RUNS = 15;

smoke("the executable is at most 115 MB", () => {
  const megabytes = Deno.statSync(EXECUTABLE).size / 1e6;
  console.log(`dist/apex: ${megabytes.toFixed(1)} MB, at most ${LARGEST_MB} MB`);
  assert.ok(megabytes <= LARGEST_MB);
});

smoke("--help is there at most 60 ms later than an empty program is", (folder) => {
  const help = fastestMs(folder, EXECUTABLE, "--help");
  if (!exists(EMPTY_PROGRAM)) {
    console.warn(`dist/apex --help: ${help.toFixed(0)} ms; SKIPPED the comparison: dist/empty is not built`);
    return;
  }
  const empty = fastestMs(folder, EMPTY_PROGRAM);
  console.log(
    `dist/apex --help: ${help.toFixed(0)} ms, ${(help - empty).toFixed(0)} ms above an empty program, ` +
      `at most ${SLOWEST_ABOVE_EMPTY_MS} ms`,
  );
  assert.ok(help - empty <= SLOWEST_ABOVE_EMPTY_MS);
});

/** The fastest of some runs: what else the machine does can only make a run slower. */
function fastestMs(folder: string, program: string, ...args: string[]): number {
  const command = new Deno.Command(program, { args, cwd: folder, clearEnv: true });
  const times = Array.from({ length: RUNS }, () => {
    const startedAt = performance.now();
    command.outputSync();
    return performance.now() - startedAt;
  });
  return Math.min(...times);
}
