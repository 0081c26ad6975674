/** As much of a terminal as the dashboard uses: a screen that escape sequences draw on. */
import { widthOf } from "../../src/presentation/terminal/frame.ts";

interface Cell {
  text: string;
  attributes: string;
}

const ESCAPE = "\x1b";
const BELL = "\x07";
/** A control sequence, a string sequence, or one character. */
const TOKEN = new RegExp(
  `${ESCAPE}\\[([?0-9;]*)([A-Za-z])|${ESCAPE}\\][^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\\\)|[^]`,
  "gu",
);

export class TerminalEmulator {
  readonly modes = new Set<string>();
  cursorShown = true;
  #cells: Cell[][];
  #row = 0;
  #column = 0;
  #attributes = "";

  constructor(readonly columns: number, readonly rows: number) {
    this.#cells = blank(columns, rows);
  }

  /** Takes output as a terminal would; throws on a sequence it does not know, so that none slips in. */
  write(output: string): void {
    for (const [token, parameters, final] of output.matchAll(TOKEN)) {
      if (final !== undefined) this.#sequence(parameters ?? "", final);
      else if (token.startsWith("\x1b]") || token === "\x07") continue;
      else if (token === "\r") this.#column = 0;
      else if (token === "\n") this.#newLine();
      else if (token < " ") throw new Error(`unexpected control character ${JSON.stringify(token)}`);
      else this.#print(token);
    }
  }

  lines(): string[] {
    return this.#cells.map((row) => row.map((cell) => cell.text).join(""));
  }

  /** Everything that shows, attributes included. */
  picture(): string {
    return JSON.stringify(this.#cells);
  }

  #print(text: string): void {
    const width = widthOf(text);
    const row = this.#cells[this.#row];
    if (row === undefined || width === 0) return;
    this.#place(row, this.#column, text);
    if (width === 2) this.#place(row, this.#column + 1, "");
    // Wrapping is off: the cursor stays at the last column.
    this.#column = Math.min(this.columns - 1, this.#column + width);
  }

  /** Half of a wide character that loses its other half becomes a blank. */
  #place(row: Cell[], column: number, text: string): void {
    const before = row[column - 1];
    const after = row[column + 1];
    if (row[column]?.text === "" && text !== "" && before !== undefined) before.text = " ";
    if (after?.text === "" && row[column]?.text !== "") after.text = " ";
    if (column < row.length) row[column] = { text, attributes: this.#attributes };
  }

  /** Scrolls at the last row. */
  #newLine(): void {
    if (this.#row < this.rows - 1) this.#row++;
    else this.#cells = [...this.#cells.slice(1), ...blank(this.columns, 1)];
  }

  #eraseFrom(row: number, column: number): void {
    const [erased] = blank(this.columns, 1);
    this.#cells[row] = [...this.#cells[row]!.slice(0, column), ...erased!.slice(column)];
  }

  #sequence(parameters: string, final: string): void {
    const numbers = parameters.split(";").map((part) => part === "" ? 0 : Number(part));
    if (parameters.startsWith("?")) {
      const mode = parameters.slice(1);
      if (final === "h") this.modes.add(mode);
      else this.modes.delete(mode);
      if (mode === "25") this.cursorShown = final === "h";
    } else if (final === "H") {
      this.#row = Math.max(1, numbers[0] ?? 1) - 1;
      this.#column = Math.max(1, numbers[1] ?? 1) - 1;
    } else if (final === "C") {
      this.#column = Math.min(this.columns - 1, this.#column + Math.max(1, numbers[0] ?? 1));
    } else if (final === "F") {
      this.#row = Math.max(0, this.#row - Math.max(1, numbers[0] ?? 1));
      this.#column = 0;
    } else if (final === "K") {
      this.#eraseFrom(this.#row, this.#column);
    } else if (final === "J" && numbers[0] === 0) {
      this.#eraseFrom(this.#row, this.#column);
      for (let row = this.#row + 1; row < this.rows; row++) this.#eraseFrom(row, 0);
    } else if (final === "J") {
      this.#cells = blank(this.columns, this.rows);
    } else if (final === "m") {
      this.#attributes = numbers.filter((number, index) => number !== 0 || index > 0).join(";");
    } else {
      throw new Error(`unexpected sequence ${parameters}${final}`);
    }
  }
}

function blank(columns: number, rows: number): Cell[][] {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => ({ text: " ", attributes: "" })));
}
