import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import { RESTORING } from "../../../src/supervision/terminal_restore.ts";
import { Frame } from "../../../src/presentation/terminal/frame.ts";
import { createTheme } from "../../../src/presentation/terminal/theme.ts";
import { DifferentialWriter, ENTER, MOUSE, RESTORE } from "../../../src/presentation/terminal/writer.ts";
import { bytesPerFrame } from "../../support/moving_book.ts";
import { TerminalEmulator } from "../../support/terminal_emulator.ts";

const THEME = createTheme("safe", "24bit", "dark");

/** Some text drawn at random places, wide characters and every style among it. */
const drawing = fc.array(
  fc.record({
    row: fc.integer({ min: 0, max: 7 }),
    column: fc.integer({ min: -2, max: 32 }),
    text: fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom("漢字", "a漢b", "1,234", "█▌··", "é", "\x1b[2Jx", "👩‍👩‍👧"),
    ),
    style: fc.integer({ min: 0, max: 255 }),
  }),
  { maxLength: 12 },
);

function frameOf(pieces: readonly { row: number; column: number; text: string; style: number }[]): Frame {
  const frame = new Frame(30, 8);
  for (const { row, column, text, style } of pieces) frame.put(row, column, text, style);
  return frame;
}

Deno.test("applying the differences of any frames shows the same as drawing the last one whole", () => {
  fc.assert(
    fc.property(fc.array(drawing, { minLength: 1, maxLength: 5 }), (drawings) => {
      const writer = new DifferentialWriter(THEME);
      const screen = new TerminalEmulator(30, 8);
      let last = new Frame(30, 8);
      for (const pieces of drawings) {
        last = frameOf(pieces);
        screen.write(writer.draw(last));
      }
      const whole = new TerminalEmulator(30, 8);
      whole.write(new DifferentialWriter(THEME).draw(last));
      assert.deepEqual(screen.lines(), last.lines());
      assert.equal(screen.picture(), whole.picture());
    }),
    { numRuns: 500 },
  );
});

Deno.test("every line of a frame is exactly as wide as the frame, whatever is drawn on it", () => {
  fc.assert(
    fc.property(drawing, (pieces) => {
      const screen = new TerminalEmulator(30, 8);
      screen.write(new DifferentialWriter(THEME).draw(frameOf(pieces)));
      assert.deepEqual(screen.lines(), frameOf(pieces).lines());
    }),
    { numRuns: 200 },
  );
});

Deno.test("a frame that is already shown costs nothing", () => {
  const writer = new DifferentialWriter(THEME);
  writer.draw(frameOf([{ row: 1, column: 1, text: "TSLA", style: 0 }]));
  assert.equal(writer.draw(frameOf([{ row: 1, column: 1, text: "TSLA", style: 0 }])), "");
});

Deno.test("one changed digit writes that digit and not the row", () => {
  const writer = new DifferentialWriter(THEME);
  writer.draw(frameOf([{ row: 1, column: 1, text: "1,234", style: 0 }]));
  const text = writer.draw(frameOf([{ row: 1, column: 1, text: "1,235", style: 0 }]));
  assert.equal(text, "\x1b[?2026h\x1b[2;6H\x1b[m5\x1b[?2026l");
});

Deno.test("a changed size clears the screen and draws every cell again", () => {
  const writer = new DifferentialWriter(THEME);
  writer.draw(new Frame(30, 8));
  assert.ok(writer.draw(new Frame(20, 5)).includes("\x1b[2J"));
});

Deno.test("control characters in a name never reach the terminal", () => {
  const frame = new Frame(30, 8);
  frame.put(0, 0, "TSLA\x1b[2J\x07\x9b31m\u202e\u200b!");
  assert.equal(frame.line(0).trimEnd(), "TSLA[2J31m!");
});

for (const [whose, bytes] of [["dashboard's", RESTORE], ["supervisor's", RESTORING]] as const) {
  Deno.test(`the ${whose} restoring bytes undo every mode that entering sets`, () => {
    const screen = new TerminalEmulator(30, 8);
    screen.write(ENTER + MOUSE);
    assert.deepEqual([...screen.modes].sort(), ["1000", "1006", "1007", "1049", "2004"]);
    assert.equal(screen.cursorShown, false);
    screen.write("\x1b[?2026h\x1b[7mhalf a frame" + bytes);
    assert.deepEqual([...screen.modes].sort(), ["25", "7"]);
    assert.equal(screen.cursorShown, true);
  });
}

Deno.test("a frame of 60 rows by 12 columns with 30 % of its cells changed costs at most 4 KB", () => {
  const worst = Math.max(...bytesPerFrame());
  assert.ok(worst <= 4_096, `${worst} bytes`);
});

Deno.test("without colour no colour sequence is written, in any style", () => {
  const plain = createTheme("safe", "none", "dark");
  for (let style = 0; style < 256; style++) assert.match(plain.sequence(style).slice(1), /^\[(0(;[1247])*)?m$/);
});
