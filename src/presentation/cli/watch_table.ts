/**
 * A printed table shown again and again: on a terminal drawn over itself, elsewhere one after the other.
 *
 * It stays on the ordinary screen, so that what was there before can be scrolled back to and the last table is still to be
 * read when it ends.
 */
import type { Clock } from "../../application/ports/clock.ts";
import { widthOf } from "../terminal/frame.ts";
import { type ByteWriter, OutputStream } from "../output_stream.ts";

/** Columns and rows of the terminal. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

export interface WatchedTable {
  /**
   * The table as it is now, each line with its end. `columns` is the terminal's width; null: there is none.
   *
   * What it throws ends the loop: what may be away for a while is caught and said in the text.
   */
  text(columns: number | null): Promise<string> | string;
  readonly everyMs: number;
  /** Ends it in good order, as Ctrl+C does. */
  readonly signal: AbortSignal;
  readonly clock: Pick<Clock, "after">;
  readonly writer: ByteWriter;
  /** Asked at each drawing; null: not a terminal that can place a cursor. */
  readonly screen: (() => ScreenSize) | null;
  /** Calls when the terminal changed its size, which draws at once; the returned function ends that. */
  readonly onResize?: (listener: () => void) => () => void;
  /** Ends by itself after this long; null or left out: only when told to. */
  readonly forMs?: number | null;
  /** Between two tables that are not drawn over each other; a blank line unless it says otherwise (JSON needs none). */
  readonly separator?: string;
}

/**
 * Resolves when it is told to end, when its time is over, or when the reader is gone.
 *
 * @throws {OutputFailed} when the output cannot be written
 */
export async function watchTable(table: WatchedTable): Promise<void> {
  const output = new OutputStream(table.writer, 1);
  const pause = new Pause(table);
  output.onClosed(() => pause.end());
  const show = table.screen === null ? printing(table, output) : drawing(table, table.screen, output);
  try {
    while (!pause.isOver) {
      await show();
      if (!pause.isOver) await pause.next();
    }
    await output.flush();
    // The terminal has put ^C behind the table.
    if (table.screen !== null && table.signal.aborted) output.write("\n");
    await output.flush();
  } finally {
    pause.end();
  }
}

function printing({ text, separator = "\n" }: WatchedTable, output: OutputStream): () => Promise<void> {
  let isFirst = true;
  return async () => {
    const block = await text(null);
    output.write(isFirst ? block : separator + block);
    isFirst = false;
    await output.flush();
  };
}

function drawing({ text }: WatchedTable, size: () => ScreenSize, output: OutputStream): () => Promise<void> {
  let shown: (ScreenSize & { readonly lines: number }) | null = null;
  return async () => {
    const before = size();
    const block = await text(before.columns);
    const now = size();
    const lines = fitted(block.split("\n").slice(0, block.endsWith("\n") ? -1 : undefined), now);
    const isSame = shown !== null && shown.columns === now.columns && shown.rows === now.rows;
    // A terminal that changed its width has broken the old lines anew: nobody knows where they are.
    const start = shown === null ? "\r" : isSame ? `\x1b[${shown.lines}F` : "\x1b[H";
    shown = { ...now, lines: lines.length };
    output.write(BEGIN + start + lines.map((line) => row(line, now.columns)).join("") + "\x1b[J" + END);
    await output.flush();
  };
}

/** Behind a line that fills the row the cursor stays on the last cell: erasing from there would take what it shows. */
function row(line: string, columns: number): string {
  return widthOf(line.replace(SEQUENCE, "")) < columns ? `${line}\x1b[K\r\n` : `${line}\r\n`;
}

// deno-lint-ignore no-control-regex
const SEQUENCE = /\x1b\[[0-9;]*m/g;

/** A synchronized update without wrapping: no half-drawn table, and one line of it is one line of the screen. */
const BEGIN = "\x1b[?2026h\x1b[?7l";
const END = "\x1b[?7h\x1b[?2026l";

/** What would scroll away could not be drawn over: the last line says how much there is more. */
function fitted(lines: readonly string[], { columns, rows }: ScreenSize): readonly string[] {
  const room = Math.max(1, rows - 1);
  if (lines.length <= room) return lines;
  const more = `${lines.length - room + 1} more lines: a taller terminal shows them, or leave out --watch`;
  return [...lines.slice(0, room - 1), widthOf(more) <= columns ? more : `${lines.length - room + 1} more`];
}

/** The wait between two tables. */
class Pause {
  readonly #table: WatchedTable;
  readonly #stops: (() => void)[] = [];
  #wake: (() => void) | null = null;
  /** The size changed while a table was drawn. */
  #isDue = false;
  isOver = false;

  constructor(table: WatchedTable) {
    this.#table = table;
    const { signal, clock, forMs = null, onResize } = table;
    const end = () => this.end();
    signal.addEventListener("abort", end);
    this.#stops.push(() => signal.removeEventListener("abort", end));
    if (forMs !== null) this.#stops.push(clock.after(forMs, end));
    if (onResize !== undefined && table.screen !== null) this.#stops.push(onResize(() => this.#redraw()));
    if (signal.aborted) this.end();
  }

  next(): Promise<void> {
    const { clock, everyMs } = this.#table;
    if (this.#isDue) {
      this.#isDue = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const cancel = clock.after(everyMs, () => this.#wake?.());
      this.#wake = () => {
        cancel();
        this.#wake = null;
        resolve();
      };
    });
  }

  #redraw(): void {
    if (this.#wake === null) this.#isDue = true;
    else this.#wake();
  }

  end(): void {
    this.isOver = true;
    for (const stop of this.#stops.splice(0)) stop();
    this.#wake?.();
  }
}
