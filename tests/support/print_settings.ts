/** How the demo book's printed tables look: US separators, New York time, accounts in full. */
import type { PrintSettings } from "../../src/presentation/cli/history/look.ts";

export const PRINT_SETTINGS: PrintSettings = {
  dashboard: { glyphs: "unicode", accounts: "full" },
  display: { locale: "en-US", timeZone: "America/New_York" },
  ibkr: { accounts: [] },
  futu: { accounts: [] },
};
