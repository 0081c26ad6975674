/** The executable in a terminal: it gives it back as it found it, however it ends. */
import assert from "node:assert/strict";
import { configureBroker, eventually, EXECUTABLE, freePort, hasLog, smoke } from "./executable.ts";
import { AS_FOUND, inTerminal, type Terminal } from "./terminal.ts";

/** Short where the screen is narrow. */
const SIMULATED = /\bSIM(ULATED)?\b/;
const DRAWN_ON = { alternateScreen: true, cursorShown: false, mouse: true, wrapping: false };
/** The wheel turned down over the table, as a terminal reports it. */
const WHEEL_DOWN = "\x1b[<65;10;20M";

smoke(
  "the dashboard draws on a screen of its own, and Ctrl+C gives the terminal back and ends with 0",
  async (folder) => {
    await inTerminal(folder, async (terminal) => {
      await started(terminal, folder);
      assert.equal(terminal.modes().alternateScreen, true);
      terminal.press("C-c");
      await terminal.programShows(/rc=0/);
      await restored(terminal, folder);
    });
  },
);

smoke("q ends the dashboard with 0, and it stays whole when the terminal changes its size", async (folder) => {
  await inTerminal(folder, async (terminal) => {
    await started(terminal, folder);
    terminal.resize(80, 24);
    await terminal.programShows(SIMULATED);
    terminal.press("q");
    await terminal.programShows(/rc=0/);
    await restored(terminal, folder);
  });
});

smoke("a worker that gets stuck ends the process with 70, a sentence, and the terminal given back", async (folder) => {
  await inTerminal(folder, async (terminal) => {
    terminal.type(`stty -a > before; ${EXECUTABLE} self-test --attempt hang; echo rc=$?`);
    await terminal.programShows(/stuck/);
    assert.deepEqual(terminal.modes(), { ...DRAWN_ON, wrapping: true });
    const screen = await terminal.programShows(/rc=70/);
    assert.match(screen.replace(/\s+/g, " "), /The monitor got stuck: it finished nothing for 10 s/);
    await restored(terminal, folder);
  });
});

smoke("Ctrl+C in a snapshot that waits for its gateway ends it with 130", async (folder) => {
  configureBroker(folder, freePort());
  await inTerminal(folder, async (terminal) => {
    terminal.type(`${EXECUTABLE} snapshot --timeout 50s; echo rc=$?`);
    await eventually("the log of a running monitor", () => hasLog(folder) ? true : null);
    terminal.press("C-c");
    await terminal.programShows(/rc=130/);
    await restored(terminal, folder);
  });
});

smoke("Ctrl+C ends the simulator, which says where it listens", async (folder) => {
  await inTerminal(folder, async (terminal) => {
    terminal.type(`${EXECUTABLE} simulate --port 0; echo rc=$?`);
    await terminal.programShows(/127\.0\.0\.1:\d+/);
    terminal.press("C-c");
    await terminal.programShows(/rc=\d+/);
    await restored(terminal, folder);
  });
});

smoke("every view opens on its number, and the table sorts, filters and scrolls", async (folder) => {
  await inTerminal(folder, async (terminal) => {
    terminal.resize(120, 40);
    await started(terminal, folder);
    const views = ["Summary", "Positions", "Risk", "Limits", "Signals", "Quality", "Health"];
    for (const [index, view] of [...views.entries()].reverse()) {
      terminal.press(`${index + 1}`);
      await terminal.programShows(new RegExp(`\\[${index + 1} ${view}\\b`));
    }
    const before = selected(await terminal.programShows(/sort \|\$Delta\|/));
    terminal.press("s");
    await terminal.programShows(/sort Delta, largest first/);
    terminal.press("S");
    await terminal.programShows(/sort Delta, smallest first/);
    terminal.press("<");
    await terminal.programShows(/sort \|?\$Delta/);
    terminal.send(WHEEL_DOWN);
    await eventually("another selected row", () => selected(terminal.screen()) !== before ? true : null);
    terminal.press("2", "/");
    terminal.send("nvda");
    await terminal.programShows(/ \/ nvda_ .*5 of 25 shown/);
    terminal.press("Enter");
    const filtered = await terminal.programShows(/[·-] \/ nvda\b/);
    assert.match(filtered, /v NVDA \(5\)/);
    assert.doesNotMatch(filtered, /^.v TSLA/m);
    terminal.press("Escape");
    await terminal.programShows(/v TSLA \(5\)[^]*no filter/);
    terminal.press("?");
    await terminal.programShows(/Keys; one that does nothing here is dim/);
    terminal.press("Escape", "q");
    await terminal.programShows(/rc=0/);
    await restored(terminal, folder);
  });
});

smoke("a breach is acknowledged with a note, and a frozen screen counts what it holds back", async (folder) => {
  Deno.writeTextFileSync(`${folder}/config/demo.yaml`, "risk_limits: { max_total_gross_notional: 1_000_000 }\n");
  await inTerminal(folder, async (terminal) => {
    terminal.resize(120, 40);
    await started(terminal, folder);
    await terminal.programShows(/HARD {2}Gross exposure .* not acknowledged/);
    terminal.press("4", "a");
    await terminal.programShows(/note/);
    terminal.send("seen, selling at noon");
    terminal.press("Enter");
    const screen = await terminal.programShows(/acknowledged .*by operator[^]*note: seen, selling at noon/);
    assert.doesNotMatch(screen, /Gross exposure .* not acknowledged/);
    terminal.press("Space");
    await terminal.programShows(/FROZEN at [\d:]+, \d+ s ago/);
    terminal.press("Space");
    await eventually("a screen that goes on", () => /FROZEN/.test(terminal.screen()) ? null : true);
    terminal.press("q");
    await terminal.programShows(/rc=0/);
    await restored(terminal, folder);
  });
});

smoke("every size has a whole screen, up to 200 x 60 and down to 40 x 8", async (folder) => {
  await inTerminal(folder, async (terminal) => {
    await started(terminal, folder);
    for (const [columns, rows] of [[80, 24], [200, 60], [40, 8], [120, 40]] as const) {
      terminal.resize(columns, rows);
      // The last row ends at the right edge: with the key that quits.
      const last = new RegExp(`^ .{0,${columns - 4}}(\\? q|q quit) ?$`);
      await eventually(`a screen of ${columns} x ${rows}`, () => {
        const lines = terminal.screen().trimEnd().split("\n");
        const end = lines.at(-1) ?? "";
        return lines.length === rows && last.test(end) && end.length >= columns - 2 ? true : null;
      });
      assert.match(terminal.screen(), SIMULATED);
      assert.match(terminal.screen(), /Day/);
    }
    terminal.press("q");
    await terminal.programShows(/rc=0/);
    await restored(terminal, folder);
  });
});

smoke("SIGTERM gives the terminal back and ends the dashboard with 0", async (folder) => {
  await inTerminal(folder, async (terminal) => {
    await started(terminal, folder);
    terminal.beside(`kill -TERM ${processId(folder)}`);
    await terminal.programShows(/rc=0/);
    await restored(terminal, folder);
  });
});

smoke("stopped and continued, the dashboard draws all of it again and hears keys", async (folder) => {
  await inTerminal(folder, async (terminal) => {
    terminal.type(`clear; sh -c 'echo $$ > pid; exec ${EXECUTABLE} --env demo'`);
    await terminal.shows(/\bSIM(ULATED)?\b[^]*COMPLETE|COMPLETE[^]*SIM/);
    terminal.beside(`kill -STOP ${processId(folder)}`);
    await terminal.shows(/Stopped/);
    terminal.type("fg; echo rc=$?");
    await eventually("a whole screen", () => /Stopped|fg; echo/.test(terminal.screen()) ? null : true);
    assert.deepEqual(terminal.modes(), DRAWN_ON);
    terminal.press("2");
    await terminal.programShows(/\[2 Pos/);
    terminal.press("q");
    await terminal.programShows(/rc=0/);
    assert.deepEqual(terminal.modes(), AS_FOUND);
  }, "bash --norc");
});

smoke("a terminal that is closed ends the dashboard: nothing goes on behind it", async (folder) => {
  await inTerminal(folder, async (terminal) => {
    await started(terminal, folder);
    const process = processId(folder);
    terminal.close();
    await eventually("the end of the process", () => {
      terminal.beside(`kill -0 ${process} 2>/dev/null || touch ${folder}/gone`);
      return existsIn(folder, "gone") ? true : null;
    });
  });
});

for (const shell of ["sh", "bash --norc"]) {
  smoke(
    `after kill -9 what is left is put right by reset and tput rmcup, as the manual says (${shell})`,
    async (folder) => {
      await inTerminal(folder, async (terminal) => {
        await started(terminal, folder);
        terminal.beside(`kill -9 ${processId(folder)}`);
        await terminal.shows(/rc=137/);
        assert.deepEqual(terminal.modes(), DRAWN_ON);
        // In raw mode Enter ends no line; Ctrl+J does, and whatever was typed before stands alone on its line.
        terminal.press("C-j", "reset", "C-j");
        await eventually("a cursor again", () => terminal.modes().cursorShown ? true : null);
        assert.deepEqual(terminal.modes(), { ...AS_FOUND, alternateScreen: true });
        terminal.send("tput rmcup");
        terminal.press("C-j");
        await eventually("the shell's own screen", () => terminal.modes().alternateScreen ? null : true);
        assert.deepEqual(terminal.modes(), AS_FOUND);
        terminal.type("clear; stty -a");
        assertLineEditing(await terminal.shows(/icanon[^]*echoke/));
      }, shell);
    },
  );
}

smoke("two restarts in quick succession find everything as the one before left it", async (folder) => {
  await inTerminal(folder, async (terminal) => {
    for (const _start of [1, 2, 3]) {
      await started(terminal, folder);
      terminal.press("q");
      await terminal.programShows(/rc=0/);
      await restored(terminal, folder);
    }
    const log = Deno.readTextFileSync(`${folder}/data/logs/live_risk.log`);
    assert.doesNotMatch(log, /\bERROR\b/);
  });
});

/** Starts the demo, whose process leaves its number in the folder, and waits for its first screen. */
async function started(terminal: Terminal, folder: string): Promise<void> {
  terminal.type(`clear; stty -a > before; sh -c 'echo $$ > pid; exec ${EXECUTABLE} --env demo'; echo rc=$?`);
  await eventually("the terminal's settings", () => existsIn(folder, "pid") ? true : null);
  await eventually("a cleared screen", () => terminal.modes().alternateScreen ? true : null);
  await terminal.programShows(/\bSIM(ULATED)?\b[^]*COMPLETE|COMPLETE[^]*SIM/);
}

function processId(folder: string): number {
  return Number(Deno.readTextFileSync(`${folder}/pid`));
}

/** The selected row of the table. */
function selected(screen: string): string {
  return /^>\S+/m.exec(screen)?.[0] ?? "";
}

function existsIn(folder: string, name: string): boolean {
  try {
    return Deno.statSync(`${folder}/${name}`).isFile;
  } catch (fault) {
    if (fault instanceof Deno.errors.NotFound) return false;
    throw fault;
  }
}

/** The shell has its screen, cursor and line editing again; to the last setting, where they were noted before. */
async function restored(terminal: Terminal, folder: string): Promise<void> {
  assert.deepEqual(terminal.modes(), AS_FOUND);
  terminal.type("clear; stty -a > after; stty -a");
  assertLineEditing(await terminal.shows(/icanon[^]*echoke/));
  if (existsIn(folder, "before")) assert.equal(settings(folder, "after"), settings(folder, "before"));
}

function assertLineEditing(screen: string): void {
  const words = screen.replace(/\s+/g, " ");
  for (const mode of ["icanon", "isig", "echo", "opost"]) {
    assert.ok(words.includes(` ${mode} `), `${mode} is on again`);
  }
}

/** As `stty -a` wrote them, without the size. */
function settings(folder: string, name: string): string {
  return Deno.readTextFileSync(`${folder}/${name}`).replace(/rows \d+; columns \d+;/, "");
}
