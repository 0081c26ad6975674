/** How the demo screens are drawn in tests: US separators, New York time, block glyphs. */
import type { PrintSettings } from "../../src/presentation/cli/history/look.ts";
import { createFormat } from "../../src/presentation/format.ts";
import type { Look } from "../../src/presentation/terminal/context.ts";
import { glyphsOf } from "../../src/presentation/terminal/glyphs.ts";
import { INITIAL_VIEW, type ViewState } from "../../src/presentation/terminal/view_state.ts";

export const DEMO_LOOK: Look = {
  format: createFormat({ locale: "en-US", timeZone: "America/New_York" }),
  glyphs: glyphsOf("unicode"),
  softAt: 0.8,
  betaReference: "SPY",
  accounts: "full",
  columns: { positions: [], underlyings: [] },
  manualFile: "data/positions/manual.yaml",
};

/** The P&L since 09:30 as the drawings have it: 28 samples on eight levels. */
const LEVELS = [..."3212233234454556567677877877"].map((level) => 1_000 * Number(level));

export const DEMO_VIEW: ViewState = {
  ...INITIAL_VIEW,
  trail: {
    since: Date.parse("2026-11-20T14:30:00Z"),
    lastAt: Date.parse("2026-11-20T15:30:00Z"),
    stepMs: 120_000,
    samples: LEVELS,
    session: "open",
  },
};

/** How the demo book's printed tables look. */
export const PRINT_SETTINGS: PrintSettings = {
  dashboard: { glyphs: "unicode", accounts: "full" },
  display: { locale: "en-US", timeZone: "America/New_York" },
  ibkr: { accounts: [] },
};
