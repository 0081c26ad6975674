/** The terminal of this process: raw keys from standard input, frames to standard output. */
import type { Size } from "./context.ts";
import type { Terminal } from "./terminal.ts";

const UNKNOWN: Size = { columns: 80, rows: 24 };

/**
 * Opens the process's terminal. `resized` tells of a changed size where signals are heard elsewhere (an isolate of its
 * own); without it the window signal is listened to here.
 */
export function denoTerminal(resized: (listener: () => void) => () => void = onWindowChange): Terminal {
  const encoder = new TextEncoder();
  return {
    async write(text) {
      const writer = Deno.stdout;
      let bytes = encoder.encode(text);
      while (bytes.length > 0) bytes = bytes.subarray(await writer.write(bytes));
    },
    size() {
      if (!Deno.stdout.isTerminal()) return UNKNOWN;
      const { columns, rows } = Deno.consoleSize();
      // A terminal that has not been told its size yet says 0 by 0.
      return columns > 0 && rows > 0 ? { columns, rows } : UNKNOWN;
    },
    onResize: resized,
    onInput: readInput,
    setRaw(raw) {
      if (Deno.stdin.isTerminal()) Deno.stdin.setRaw(raw);
    },
  };
}

function onWindowChange(listener: () => void): () => void {
  if (Deno.build.os === "windows") return () => {};
  Deno.addSignalListener("SIGWINCH", listener);
  return () => Deno.removeSignalListener("SIGWINCH", listener);
}

/** Reads until the end of input or until told to stop; a read under way then is dropped. */
function readInput(listener: (bytes: Uint8Array) => void): () => void {
  let stopped = false;
  async function read(): Promise<void> {
    const buffer = new Uint8Array(1_024);
    while (!stopped) {
      const length = await Deno.stdin.read(buffer);
      if (length === null || stopped) return;
      listener(buffer.slice(0, length));
    }
  }
  // Input that breaks off leaves a dashboard that is still worth looking at; Ctrl+C reaches it as a signal.
  read().catch(() => {
    stopped = true;
  });
  return () => {
    stopped = true;
  };
}
