/** Regular hours of each exchange, in its own zone, and the table of days that differ. */
import { CBOE_INDEX_ROWS, US_STOCK_ROWS } from "./us_table.ts";
import { CME_EQUITY_INDEX_ROWS } from "./cme_table.ts";
import { LSE_ROWS, XETRA_ROWS } from "./europe_table.ts";
import type { Exchange } from "./exchange.ts";
import { FX_ROWS } from "./fx_table.ts";
import { HKEX_ROWS } from "./hkex_table.ts";
import type { CalendarRow } from "./row.ts";

export type Phase = "pre" | "open" | "post";

/** Minutes after midnight of the trading day; negative: the evening before. */
export interface PhaseHours {
  readonly phase: Phase;
  readonly from: number;
  readonly to: number;
}

export interface Hours {
  readonly phases: readonly PhaseHours[];
  /** On a day that closes early, how long the phase after the close lasts, in minutes; 0: there is none. */
  readonly postAfterEarlyClose: number;
  /**
   * When the session to which a day's P&L is counted begins: minutes after midnight of the trading day (0) or, negative,
   * the evening before it.
   */
  readonly rollsAt: number;
  readonly rows: readonly CalendarRow[];
}

const at = (hours: number, minutes = 0) => hours * 60 + minutes;
const EVENING_BEFORE = -at(24);

/**
 * Before the opening and after the close: NYSE Arca and Nasdaq trade from 04:00 to 20:00, to 17:00 on early closes. The night
 * sessions that both have announced have no date yet.
 */
const US_STOCK_HOURS: Hours = {
  phases: [
    { phase: "pre", from: at(4), to: at(9, 30) },
    { phase: "open", from: at(9, 30), to: at(16) },
    { phase: "post", from: at(16), to: at(20) },
  ],
  postAfterEarlyClose: at(4),
  rollsAt: 0,
  rows: US_STOCK_ROWS,
};

const HOURS: Readonly<Record<Exchange, Hours>> = {
  NYSE: US_STOCK_HOURS,
  NASDAQ: US_STOCK_HOURS,
  /** Options on some funds go on to 16:15 (see `expiry.ts`); the market as a whole closes at 16:00. */
  CBOE_EQUITY_OPTIONS: {
    phases: [{ phase: "open", from: at(9, 30), to: at(16) }],
    postAfterEarlyClose: 0,
    rollsAt: 0,
    rows: US_STOCK_ROWS,
  },
  /** SPX, XSP and VIX: global trading hours from 20:15 the evening before to 09:25, and the curb session to 17:00. */
  CBOE_INDEX_OPTIONS: {
    phases: [
      { phase: "pre", from: EVENING_BEFORE + at(20, 15), to: at(9, 25) },
      { phase: "open", from: at(9, 30), to: at(16, 15) },
      { phase: "post", from: at(16, 15), to: at(17) },
    ],
    postAfterEarlyClose: 0,
    rollsAt: 0,
    rows: CBOE_INDEX_ROWS,
  },
  /** Globex, Chicago time: 17:00 the evening before to 16:00. */
  CME_EQUITY_INDEX: {
    phases: [{ phase: "open", from: EVENING_BEFORE + at(17), to: at(16) }],
    postAfterEarlyClose: 0,
    rollsAt: EVENING_BEFORE + at(16),
    rows: CME_EQUITY_INDEX_ROWS,
  },
  /**
   * Continuous trading from 09:00 to 17:30, then the closing auction. Before and after, the early and late trading of the
   * Extended Retail Service, since 1 December 2025; until then only orders were taken there.
   */
  XETRA: {
    phases: [
      { phase: "pre", from: at(8), to: at(9) },
      { phase: "open", from: at(9), to: at(17, 30) },
      { phase: "post", from: at(17, 30), to: at(22) },
    ],
    postAfterEarlyClose: at(0, 30),
    rollsAt: 0,
    rows: XETRA_ROWS,
  },
  /** Opening auction from 07:50; after 16:30 the closing auction and the crossing session. */
  LSE: {
    phases: [
      { phase: "pre", from: at(7, 50), to: at(8) },
      { phase: "open", from: at(8), to: at(16, 30) },
      { phase: "post", from: at(16, 30), to: at(17, 15) },
    ],
    postAfterEarlyClose: at(0, 45),
    rollsAt: 0,
    rows: LSE_ROWS,
  },
  /** Two sessions with lunch between them; a half day ends with the morning. */
  HKEX: {
    phases: [
      { phase: "pre", from: at(9), to: at(9, 30) },
      { phase: "open", from: at(9, 30), to: at(12) },
      { phase: "open", from: at(13), to: at(16) },
      { phase: "post", from: at(16), to: at(16, 10) },
    ],
    postAfterEarlyClose: at(0, 10),
    rollsAt: 0,
    rows: HKEX_ROWS,
  },
  /** Sunday 17:15 to Friday 17:00 New York, with a quarter of an hour's pause each day. */
  FX: {
    phases: [{ phase: "open", from: EVENING_BEFORE + at(17, 15), to: at(17) }],
    postAfterEarlyClose: 0,
    rollsAt: EVENING_BEFORE + at(17),
    rows: FX_ROWS,
  },
};

export function exchangeHours(exchange: Exchange): Hours {
  return HOURS[exchange];
}
