import assert from "node:assert/strict";
import stringWidth from "fast-string-width";
import fc from "../../support/property.ts";
import type { RiskSnapshot } from "../../../src/domain/risk/snapshot.ts";
import { dashboard } from "../../../src/presentation/terminal/dashboard.ts";
import { cut, Frame, widthOf } from "../../../src/presentation/terminal/frame.ts";
import { createTheme } from "../../../src/presentation/terminal/theme.ts";
import { VIEW_IDS } from "../../../src/presentation/terminal/view_state.ts";
import { DifferentialWriter } from "../../../src/presentation/terminal/writer.ts";
import { DEMO_LOOK, DEMO_VIEW } from "../../support/demo_look.ts";
import { DEMO_NOW, demoSnapshot } from "../../support/demo_snapshot.ts";
import { TerminalEmulator } from "../../support/terminal_emulator.ts";

const PIECES = [
  "漢字",
  "東証",
  "ＦＵＬＬ",
  "한국",
  "\u1112\u1161\u11ab",
  "e\u0301",
  "a\u0308\u0323",
  "नि",
  "ไทย",
  "שלום",
  "👍🏽",
  "👨‍👩‍👧",
  "❤️",
  "1️⃣",
  "🇺🇸",
  "ﾊﾟ",
  "\u{e0041}",
  "\u200b",
  "\u202e",
  "A",
  "BRK B",
  "VERYLONGNAME",
  "€",
  "±",
];

const name = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "grapheme", maxLength: 4 })), {
  maxLength: 8,
}).map((parts) => parts.join(""));

/** The demo book under other names. */
function renamed(names: readonly string[]): RiskSnapshot {
  const book = demoSnapshot();
  const at = (index: number, old: string): string => names[index % names.length] || old;
  const nameOf = new Map(book.byUnderlying.map(({ underlying }, index) => [underlying, at(index, underlying)]));
  const other = (old: string): string => nameOf.get(old) ?? old;
  return demoSnapshot({
    positions: book.positions.map((one) => ({
      ...one,
      symbol: other(one.symbol),
      underlying: other(one.underlying),
      strategy: one.strategy === null ? null : at(3, one.strategy),
    })),
    byUnderlying: book.byUnderlying.map((one) => ({ ...one, underlying: other(one.underlying) })),
    strategies: book.strategies.map((one, index) => ({
      ...one,
      underlying: other(one.underlying),
      name: at(index, one.name),
    })),
    limits: book.limits.map((one) => ({ ...one, scope: one.scope === null ? null : other(one.scope) })),
    breaches: book.breaches.map((one) => ({ ...one, message: at(1, one.message), note: at(2, "note") })),
    signals: book.signals.map((one) => ({
      ...one,
      scope: one.scope === null ? null : other(one.scope),
      subject: at(2, ""),
    })),
    accounts: book.accounts.map((one, index) => ({ ...one, account: at(index + 4, one.account) })),
    health: book.health.map((one, index) => ({ ...one, detail: at(index, one.detail) })),
    events: [{ at: book.asOf, text: at(5, "bought") }],
  });
}

Deno.test("names of any script leave every row as wide as the screen, in every view", () => {
  fc.assert(
    fc.property(
      fc.array(name, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 40, max: 200 }),
      fc.constantFrom(...VIEW_IDS),
      fc.constantFrom(null, "detail", "explain"),
      (names, columns, active, kind) => {
        const panel = kind === null ? null : { kind, top: 0 } as const;
        const view = { ...DEMO_VIEW, active, panel, filter: names[0]!.slice(0, 3) };
        for (const filter of ["", view.filter]) {
          const frame = dashboard({
            snapshot: renamed(names),
            view: { ...view, filter },
            size: { columns, rows: 40 },
            now: DEMO_NOW,
            look: DEMO_LOOK,
          });
          for (const line of frame.lines()) {
            assert.equal(widthOf(line), columns, line);
            assert.equal(stringWidth(line.replace(/[─-▟]/gu, "x")), columns, line);
          }
        }
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("what no two terminals draw alike never reaches one", () => {
  fc.assert(fc.property(fc.array(name, { maxLength: 6 }), (names) => {
    const frame = new Frame(80, 1);
    frame.put(0, 0, names.join(" "));
    assert.doesNotMatch(
      frame.line(0),
      /[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\u{1f3fb}-\u{1f3ff}\u{1f1e6}-\u{1f1ff}]/u,
    );
    assert.doesNotMatch(frame.line(0), /\p{Mn}|\p{Me}|\p{Cc}/u);
  }));
});

Deno.test("a terminal shows the frame cell by cell, wide characters moving over each other", () => {
  const writer = new DifferentialWriter(createTheme("safe", "none", "dark"));
  const screen = new TerminalEmulator(30, 2);
  fc.assert(fc.property(name, name, fc.integer({ min: -2, max: 28 }), (first, second, column) => {
    const frame = new Frame(30, 2);
    frame.put(0, 0, first);
    frame.put(0, column, second);
    frame.put(1, column, first);
    screen.write(writer.draw(frame));
    assert.deepEqual(screen.lines(), frame.lines());
  }));
});

Deno.test("accents become one with their letter, Korean parts one syllable, flags letters", () => {
  const drawn = (text: string): string => {
    const frame = new Frame(12, 1);
    frame.put(0, 0, text);
    return frame.line(0).trimEnd();
  };
  assert.equal(drawn("Ne\u0301stle\u0301"), "Néstlé");
  assert.equal(drawn("\u1112\u1161\u11ab"), "한");
  assert.equal(drawn("🇺🇸 5y"), "US 5y");
  assert.equal(drawn("👍🏽!"), "👍!");
  assert.equal(drawn("\u0301x"), "x", "a mark with nothing before it is left out");
});

Deno.test("a cut name ends in ~ and is never wider than its place", () => {
  fc.assert(fc.property(name, fc.integer({ min: 0, max: 30 }), (text, width) => {
    const short = cut(text, width);
    assert.ok(widthOf(short) <= width, short);
    if (widthOf(text) > width && width > 0) assert.ok(short.endsWith("~"));
  }));
});
