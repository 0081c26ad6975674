/** How the demo screens are drawn in tests: US separators, New York time, block glyphs. */
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
  shockSets: [
    { name: "small", spots: [-0.02, -0.015, -0.01, -0.005, 0.005, 0.01, 0.015, 0.02] },
    { name: "large", spots: [-0.3, -0.2, -0.15, -0.1, 0.1, 0.15, 0.2, 0.3] },
  ],
};

/** The P&L and the exposure since 09:30 as the drawings have them: 28 samples on eight levels. */
const PNL = "3212233234454556567677877877";
const EXPOSURE = "2233344445555667788877667777";
const OPEN = Date.parse("2026-11-20T14:30:00Z");
const NOW = Date.parse("2026-11-20T15:30:00Z");

export const DEMO_VIEW: ViewState = {
  ...INITIAL_VIEW,
  trail: {
    points: [...PNL].map((level, index) => ({
      at: OPEN + index * (NOW - OPEN) / (PNL.length - 1),
      dailyPnl: 1_000 * Number(level),
      grossExposure: 4_000_000 + 100_000 * Number(EXPOSURE[index]),
      heldMs: 300_000,
    })),
    stepMs: 120_000,
    lastAt: NOW,
    session: "open",
  },
};
