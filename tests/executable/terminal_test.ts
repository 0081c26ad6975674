/** The executable in a terminal: it gives it back as it found it, however it ends. */
import assert from "node:assert/strict";
import { configureBroker, eventually, EXECUTABLE, freePort, hasLog, smoke } from "./executable.ts";
import { inTerminal, type Terminal } from "./terminal.ts";

/** Short where the screen is narrow. */
const SIMULATED = /\bSIM(ULATED)?\b/;

smoke(
  "the dashboard draws on a screen of its own, and Ctrl+C gives the terminal back and ends with 0",
  async (folder) => {
    await inTerminal(folder, async (terminal) => {
      terminal.type(`${EXECUTABLE} --env demo; echo rc=$?`);
      await terminal.programShows(SIMULATED);
      assert.equal(terminal.modes().alternateScreen, true);
      terminal.press("C-c");
      await terminal.programShows(/rc=0/);
      await restored(terminal);
    });
  },
);

smoke("q ends the dashboard with 0, and it stays whole when the terminal changes its size", async (folder) => {
  await inTerminal(folder, async (terminal) => {
    terminal.type(`${EXECUTABLE} --env demo; echo rc=$?`);
    await terminal.programShows(SIMULATED);
    terminal.resize(80, 24);
    await terminal.programShows(SIMULATED);
    terminal.press("q");
    await terminal.programShows(/rc=0/);
    await restored(terminal);
  });
});

smoke("a worker that gets stuck ends the process with 70, a sentence, and the terminal given back", async (folder) => {
  await inTerminal(folder, async (terminal) => {
    terminal.type(`${EXECUTABLE} self-test --attempt hang; echo rc=$?`);
    await terminal.programShows(/stuck/);
    assert.deepEqual(terminal.modes(), { alternateScreen: true, cursorShown: false, mouse: true });
    const screen = await terminal.programShows(/rc=70/);
    assert.match(screen.replace(/\s+/g, " "), /The monitor got stuck: it finished nothing for 10 s/);
    await restored(terminal);
  });
});

smoke("Ctrl+C in a snapshot that waits for its gateway ends it with 130", async (folder) => {
  configureBroker(folder, freePort());
  await inTerminal(folder, async (terminal) => {
    terminal.type(`${EXECUTABLE} snapshot --timeout 50s; echo rc=$?`);
    await eventually("the log of a running monitor", () => hasLog(folder) ? true : null);
    terminal.press("C-c");
    await terminal.programShows(/rc=130/);
    await restored(terminal);
  });
});

smoke("Ctrl+C ends the simulator, which says where it listens", async (folder) => {
  await inTerminal(folder, async (terminal) => {
    terminal.type(`${EXECUTABLE} simulate --port 0; echo rc=$?`);
    await terminal.programShows(/127\.0\.0\.1:\d+/);
    terminal.press("C-c");
    await terminal.programShows(/rc=\d+/);
    await restored(terminal);
  });
});

/** The shell has its screen, cursor and line editing again. */
async function restored(terminal: Terminal): Promise<void> {
  assert.deepEqual(terminal.modes(), { alternateScreen: false, cursorShown: true, mouse: false });
  terminal.type("clear; stty -a");
  const screen = (await terminal.shows(/icanon[^]*echoke/)).replace(/\s+/g, " ");
  for (const mode of ["icanon", "isig", "echo", "opost"]) {
    assert.ok(screen.includes(` ${mode} `), `${mode} is on again`);
  }
}
