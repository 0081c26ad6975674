/** How a report looks on this terminal. */
import type { HistoryRequest } from "../../../application/command.ts";
import type { Settings } from "../../../application/settings.ts";
import type { EpochMs } from "../../../domain/time.ts";
import { createFormat, type Format } from "../../format.ts";

export interface HistoryLook {
  readonly format: Format;
  readonly zone: string;
  /** Columns. */
  readonly width: number;
  readonly ascii: boolean;
  /** An account as the settings allow it to be shown. */
  account(account: string): string;
  /** A text that may name accounts, as the settings allow it to be shown. */
  text(text: string): string;
  /** `2026-11-20 10:30:45` in the display zone. */
  time(at: EpochMs | null): string;
}

/** The settings that printed tables go by. */
export interface PrintSettings {
  readonly dashboard: Pick<Settings["dashboard"], "accounts" | "glyphs">;
  readonly display: Settings["display"];
  readonly ibkr: Pick<Settings["ibkr"], "accounts">;
  readonly futu: Pick<Settings["futu"], "accounts">;
}

/** Without a terminal: what most are wide enough for. */
const DEFAULT_WIDTH = 100;
const NARROWEST = 40;

export function historyLook(
  { width }: Pick<HistoryRequest, "width">,
  { dashboard, display, ibkr, futu }: PrintSettings,
): HistoryLook {
  const format = createFormat(display);
  const isMasked = dashboard.accounts === "masked";
  const seen = new Set([...ibkr.accounts, ...futu.accounts]);
  return {
    format,
    zone: display.timeZone,
    width: Math.max(NARROWEST, width ?? DEFAULT_WIDTH),
    ascii: dashboard.glyphs === "ascii",
    account(account) {
      if (!isMasked || !/\d/.test(account)) return account;
      seen.add(account);
      return masked(account);
    },
    text(text) {
      if (!isMasked) return text;
      let shown = text;
      for (const account of seen) shown = shown.replaceAll(account, masked(account));
      return shown.replace(BROKER_ACCOUNT, masked);
    },
    time: (at) => at === null ? "" : format.isoDateTime(at),
  };
}

/** U, DU, F, DF and the like with digits, as Interactive Brokers numbers accounts. */
const BROKER_ACCOUNT = /\b[DIFU]{1,3}\d{5,}\b/g;

function masked(account: string): string {
  return account.length <= 4 ? `${account.slice(0, 1)}*${account.slice(-1)}` : `${account[0]}*${account.slice(-3)}`;
}
