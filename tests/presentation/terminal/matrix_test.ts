/** Every view in every state of the book and at three sizes, as text and as a map of its styles. */
import { dashboard } from "../../../src/presentation/terminal/dashboard.ts";
import type { Frame } from "../../../src/presentation/terminal/frame.ts";
import type { Size } from "../../../src/presentation/terminal/context.ts";
import type { ProgramRecord } from "../../../src/presentation/terminal/program_record.ts";
import { BOLD, DIM, REVERSE, roleOf, type Style, UNDERLINE } from "../../../src/presentation/terminal/style.ts";
import { VIEW_IDS, type ViewState } from "../../../src/presentation/terminal/view_state.ts";
import { DEMO_LOOK, DEMO_VIEW } from "../../support/demo_look.ts";
import { DEMO_LOG, DEMO_TRANSITIONS } from "../../support/demo_record.ts";
import { assertScreen } from "../../support/screen_file.ts";
import { type ScreenBook, screenBooks } from "../../support/screen_books.ts";

const SIZES = [{ columns: 80, rows: 24 }, { columns: 120, rows: 40 }, { columns: 200, rows: 60 }] as const;
const SCREENS = [...VIEW_IDS, "help"] as const;

/** The keys are the same whatever the book is. */
function screensOf({ name }: ScreenBook): readonly (typeof SCREENS)[number][] {
  return name === "demo" ? SCREENS : VIEW_IDS;
}

for (const book of screenBooks()) {
  for (const { columns, rows } of SIZES) {
    const name = `matrix/${book.name}_${columns}x${rows}`;
    Deno.test(`every view of the ${book.name} book at ${columns} by ${rows}`, async () => {
      const screens = screensOf(book).map((screen) => ({ screen, frame: frameOf(book, screen, { columns, rows }) }));
      await assertScreen(name, screens.map(({ screen, frame }) => section(screen, frame.lines())).join("\n"));
      // Without colour the same characters are drawn; what colour adds is a picture of its own.
      if (columns === 80 || book.name === "demo") {
        await assertScreen(
          `${name}_styles`,
          screens.map(({ screen, frame }) => section(screen, styleMap(frame))).join("\n"),
        );
      }
    });
  }
}

/** What became of breaches today is a story of the demo book. */
function recordOf({ name, snapshot }: ScreenBook): ProgramRecord {
  const transitions = snapshot.breaches.length === 0 || name === "closed" ? [] : DEMO_TRANSITIONS;
  return { log: () => DEMO_LOG, transitions: () => ({ list: transitions, earlier: "read" }) };
}

function frameOf(book: ScreenBook, screen: (typeof SCREENS)[number], size: Size): Frame {
  const chosen: Partial<ViewState> = screen === "help" ? { help: true } : { active: screen };
  const view = { ...DEMO_VIEW, ...chosen };
  return dashboard({ snapshot: book.snapshot, now: book.now, view, size, look: DEMO_LOOK, record: recordOf(book) });
}

function section(title: string, lines: readonly string[]): string {
  return [`=== ${title}`, ...lines.map((line) => line.trimEnd())].join("\n").trimEnd();
}

/** A letter a cell: its role, and behind a blank nothing. */
function styleMap({ width, height, styles }: Frame): string[] {
  return Array.from({ length: height }, (_, row) => {
    return Array.from(styles.subarray(row * width, (row + 1) * width), letterOf).join("").replace(/\.+$/, "");
  });
}

/** Text, quiet, gain, loss, hard, soft, stale, modelled; in capitals bold. */
const PLAIN = ".qglhs~m";
const BOLD_LETTERS = "bQGLHS^M";
/** Reverse: the selected row and what stands out. */
const REVERSED = "r0123456";

function letterOf(style: Style): string {
  const role = roleOf(style);
  if (style & REVERSE) return REVERSED[role] ?? "?";
  if (style & BOLD) return BOLD_LETTERS[role] ?? "?";
  if (style & UNDERLINE) return "_";
  return style & DIM ? "d" : PLAIN[role] ?? "?";
}
