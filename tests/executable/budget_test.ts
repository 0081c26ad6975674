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
  const baseline = exists(EMPTY_PROGRAM) ? EMPTY_PROGRAM : null;
  let help = Infinity;
  let empty = Infinity;
  // The fastest of some runs, in turn: what else the machine does can only make a run slower, and hits both alike.
  for (let run = 0; run < RUNS; run++) {
    help = Math.min(help, millisecondsOf(folder, EXECUTABLE, "--help"));
    if (baseline !== null) empty = Math.min(empty, millisecondsOf(folder, baseline));
  }
  if (baseline === null) {
    console.warn(`dist/apex --help: ${help.toFixed(0)} ms; SKIPPED the comparison: dist/empty is not built`);
    return;
  }
  console.log(
    `dist/apex --help: ${help.toFixed(0)} ms, ${(help - empty).toFixed(0)} ms above an empty program, ` +
      `at most ${SLOWEST_ABOVE_EMPTY_MS} ms`,
  );
  assert.ok(help - empty <= SLOWEST_ABOVE_EMPTY_MS);
});

function millisecondsOf(folder: string, program: string, ...args: string[]): number {
  const startedAt = performance.now();
  new Deno.Command(program, { args, cwd: folder, clearEnv: true }).outputSync();
  return performance.now() - startedAt;
}
