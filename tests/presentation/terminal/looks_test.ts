/** The Summary and the limits as terminals of little colour, of a light background and without Unicode show them. */
import assert from "node:assert/strict";
import { dashboard } from "../../../src/presentation/terminal/dashboard.ts";
import type { Frame } from "../../../src/presentation/terminal/frame.ts";
import { glyphsOf } from "../../../src/presentation/terminal/glyphs.ts";
import { abilitiesOf } from "../../../src/presentation/terminal/terminal.ts";
import { createTheme, type Theme } from "../../../src/presentation/terminal/theme.ts";
import { DEMO_LOOK, DEMO_VIEW } from "../../support/demo_look.ts";
import { DEMO_NOW, judgedSnapshot } from "../../support/demo_snapshot.ts";
import { assertScreen } from "../../support/screen_file.ts";

const THEMES: Readonly<Record<string, Theme>> = {
  "16_colours": createTheme("safe", "16", "dark"),
  light_background: createTheme("safe", "24bit", "light"),
  no_colour: createTheme("safe", "none", "dark"),
};

for (const [name, theme] of Object.entries(THEMES)) {
  for (const active of ["summary", "limits"] as const) {
    Deno.test(`the ${active} view in the look ${name}, with its colour codes`, async () => {
      await assertScreen(`looks/${active}_${name}_80x24`, coded(frameOf(active, "unicode"), theme));
    });
  }
}

for (const active of ["summary", "limits"] as const) {
  Deno.test(`the ${active} view in ASCII`, async () => {
    const text = frameOf(active, "ascii").lines().map((line) => line.trimEnd()).join("\n");
    assert.match(text, /^[\x20-\x7e\n]+$/);
    await assertScreen(`looks/${active}_ascii_80x24`, text);
  });
}

Deno.test("without colour no code but bold, dim, underlined and reverse is written", () => {
  const codes = coded(frameOf("summary", "unicode"), THEMES["no_colour"]!).match(/‹[^›]*›/g) ?? [];
  for (const code of codes) assert.match(code, /^‹(|[1247](;[1247])*)›$/);
});

Deno.test("a dumb terminal gets neither colour nor blocks", () => {
  const abilities = abilitiesOf((name) => name === "TERM" ? "dumb" : undefined);
  assert.equal(abilities.colours, "none");
});

function frameOf(active: "summary" | "limits", glyphs: "unicode" | "ascii"): Frame {
  return dashboard({
    snapshot: judgedSnapshot(),
    now: DEMO_NOW,
    view: { ...DEMO_VIEW, active },
    size: { columns: 80, rows: 24 },
    look: { ...DEMO_LOOK, glyphs: glyphsOf(glyphs) },
  });
}

/** The rows with each change of colour as `‹1;37;41›`, the end of all as `‹›`. */
function coded({ width, height, styles, codes }: Frame, theme: Theme): string {
  const rows = Array.from({ length: height }, (_, row) => {
    let text = "";
    let shown = "";
    for (let at = row * width; at < (row + 1) * width; at++) {
      // The right half of a wide character.
      if (codes[at] === 0) continue;
      const code = codeOf(theme, styles[at] ?? 0);
      if (code !== shown) text += `‹${code}›`;
      shown = code;
      text += String.fromCodePoint(codes[at] ?? 32);
    }
    return shown === "" ? text.trimEnd() : `${text}‹›`;
  });
  return rows.join("\n");
}

/** `1;37;41`: each begins with a reset, which is not worth a place in the picture. */
function codeOf(theme: Theme, style: number): string {
  // deno-lint-ignore no-control-regex
  return (/\x1b\[(.*)m/.exec(theme.sequence(style))?.[1] ?? "").replace(/^0;?/, "");
}
