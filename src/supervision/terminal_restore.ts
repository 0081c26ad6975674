/** Gives the terminal back when the program that drew on it cannot do it itself any more. */

/** Undoes every mode that a dashboard sets; harmless where none is set. */
export const RESTORING = [
  "\x1b[?2026l", // show what is drawn at once again
  "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1007l", // no mouse reports
  "\x1b[?1004l\x1b[?2004l", // no focus reports, no bracketed paste
  "\x1b[0m\x1b[?7h\x1b[?25h", // plain colours, wrapping, the cursor
  "\x1b[?1049l", // the screen as it was before
].join("");

/** Writes what undoes every mode a dashboard uses. Trouble here is ignored: the terminal may be gone. */
export function restoreTerminal(): void {
  attempt(() => Deno.stdin.setRaw(false));
  attempt(() => Deno.stdout.writeSync(new TextEncoder().encode(RESTORING)));
}

function attempt(step: () => void): void {
  try {
    step();
  } catch {
    // A closed or redirected stream has no mode to restore, and the process is about to end with a code that says
    // what happened.
  }
}
