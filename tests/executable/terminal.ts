/** The executable in a real terminal, which tmux keeps. */
import { eventually } from "./executable.ts";

export interface Terminal {
  /** Types the line and Enter into the shell. */
  type(line: string): void;
  /** Presses keys, in tmux's words: `C-c`, `q`. */
  press(...keys: string[]): void;
  /** Sends the text as it stands: what a mouse's wheel sends, or words of which tmux would make a key. */
  send(text: string): void;
  /** Runs a line in a shell beside the terminal. */
  beside(line: string): void;
  /** What is on the screen. */
  screen(): string;
  /** Waits until the screen matches. */
  shows(pattern: RegExp): Promise<string>;
  /** The same, for a program after which the shell prints `rc=` and its exit code: fails at once when it ended. */
  programShows(pattern: RegExp): Promise<string>;
  resize(columns: number, rows: number): void;
  /** Closes the window, as a lost connection does; only `beside` works from then on. */
  close(): void;
  modes(): TerminalModes;
}

/** What a program that drew on the terminal has to put back. */
export interface TerminalModes {
  readonly alternateScreen: boolean;
  readonly cursorShown: boolean;
  readonly mouse: boolean;
  readonly wrapping: boolean;
}

/** A terminal that no program draws on. */
export const AS_FOUND: TerminalModes = { alternateScreen: false, cursorShown: true, mouse: false, wrapping: true };

const EXIT_CODE = /^rc=\d+/m;

/** A shell in the folder, 100 by 30; it and everything in it ends when `use` does. */
export async function inTerminal(
  folder: string,
  use: (terminal: Terminal) => Promise<void>,
  shell = "sh",
): Promise<void> {
  const tmux = tmuxServer(`${folder}/tmux.sock`);
  // Colours as in a plain terminal: what an inherited NO_COLOR would hide is tested here.
  tmux(
    "-f",
    "/dev/null",
    "new-session",
    "-d",
    "-x",
    "100",
    "-y",
    "30",
    "-c",
    folder,
    `env -u NO_COLOR PS1='$ ' ${shell}`,
  );
  const screen = () => tmux("capture-pane", "-p");
  try {
    await use({
      type: (line) => void tmux("send-keys", line, "Enter"),
      press: (...keys) => void tmux("send-keys", ...keys),
      send: (text) => void tmux("send-keys", "-l", text),
      beside: (line) => void tmux("run-shell", line),
      screen,
      shows: (pattern) => eventually(`${pattern} on the screen`, () => pattern.test(screen()) ? screen() : null),
      programShows: (pattern) =>
        eventually(`${pattern} on the screen`, () => {
          const now = screen();
          if (pattern.test(now)) return now;
          if (EXIT_CODE.test(now)) throw new Error(`The program ended before it showed ${pattern}:\n${now}`);
          return null;
        }).catch((fault) => {
          throw new Error(`${pattern} is not on the screen:\n${screen()}`, { cause: fault });
        }),
      resize: (columns, rows) => void tmux("resize-window", "-x", String(columns), "-y", String(rows)),
      close() {
        // The server lives as long as it has a window.
        tmux("new-window", "-d", "sh");
        tmux("kill-window", "-t", ":0");
      },
      modes() {
        const flags = tmux("display-message", "-p", "#{alternate_on} #{cursor_flag} #{mouse_any_flag} #{wrap_flag}");
        const [alternateScreen, cursorShown, mouse, wrapping] = flags.trim().split(" ").map((flag) => flag === "1");
        return { alternateScreen: !!alternateScreen, cursorShown: !!cursorShown, mouse: !!mouse, wrapping: !!wrapping };
      },
    });
  } finally {
    tmux("kill-server");
  }
}

function tmuxServer(socket: string): (...args: string[]) => string {
  return (...args) => {
    const { success, stdout, stderr } = new Deno.Command("tmux", { args: ["-S", socket, ...args] }).outputSync();
    if (!success) throw new Error(`tmux ${args[0]} failed: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  };
}
