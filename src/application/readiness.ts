/** How much of what the book needs has arrived, since the start or for a one-shot snapshot. */
import type { Portfolio } from "../domain/portfolio.ts";
import { QuoteField } from "../domain/event.ts";
import { isOption } from "../domain/instrument.ts";
import type { EpochMs } from "../domain/time.ts";

export interface Readiness {
  readonly positionsKnown: boolean;
  readonly accountsKnown: boolean;
  /** The broker's P&L of every account and holding. */
  readonly pnlKnown: boolean;
  readonly executionsKnown: boolean;
  /** Lines that the book needs. */
  readonly lines: number;
  /** Lines that answered, were refused, or are lent to others. */
  readonly answered: number;
  /** Option lines that have a quote and whose greeks may still come. */
  readonly awaitingGreeks: number;
  readonly options: number;
}

/** The model's computation follows the first quote within this time, or does not come. */
const GREEKS_FOLLOW_MS = 1_500;

/**
 * What a broker's book still lacks. Without a broker everything is known at once.
 *
 * @param manualCounts entries of the file kept by hand are part of the book, and need lines
 */
export function readiness(
  portfolio: Portfolio,
  hasBroker: boolean,
  now: EpochMs,
  manualCounts = true,
): Readiness {
  const { positions, quotes, registry } = portfolio;
  const needed = new Uint8Array(registry.size);
  let pnlKnown = true;
  for (let leaf = 0; leaf < positions.count; leaf++) {
    if (!positions.isAlive(leaf) || positions.quantity[leaf] === 0) continue;
    const { source } = positions.accounts[positions.account[leaf]!]!;
    if (source === "MANUAL" && !manualCounts) continue;
    const instrument = positions.instrument[leaf]!;
    needed[instrument] = 1;
    const underlying = portfolio.underlyings.get(instrument);
    if (underlying !== undefined) needed[underlying] = 1;
    if (source === "IB" && positions.brokerFigures(leaf) === null) pnlKnown = false;
  }
  let lines = 0;
  let answered = 0;
  let awaitingGreeks = 0;
  let options = 0;
  for (let instrument = 0; instrument < needed.length; instrument++) {
    if (needed[instrument] === 0) continue;
    lines++;
    const line = quotes.line(instrument);
    if (line === "none" || line === "requested") continue;
    answered++;
    if (!isOption(registry.at(instrument).assetType) || line !== "live") continue;
    options++;
    const delta = quotes.value(instrument, QuoteField.delta);
    if (delta !== delta && now - quotes.lineSince(instrument) < GREEKS_FOLLOW_MS) awaitingGreeks++;
  }
  let accountsKnown = !hasBroker;
  for (const account of portfolio.accounts.all()) {
    if (account.source !== "IB") continue;
    if (account.restored || account.currency === null || account.values.netLiquidation === null) {
      accountsKnown = false;
      break;
    }
    accountsKnown = true;
    if (account.pnl === null) pnlKnown = false;
  }
  return {
    positionsKnown: !hasBroker || positions.downloads("IB") > 0,
    accountsKnown,
    pnlKnown: !hasBroker || (pnlKnown && accountsKnown),
    executionsKnown: !hasBroker || positions.fillsSince("IB") !== null,
    lines,
    answered: hasBroker ? answered : lines,
    awaitingGreeks,
    options,
  };
}

/** Everything that a one-shot snapshot waits for is there. */
export function isComplete(ready: Readiness): boolean {
  return ready.positionsKnown && ready.accountsKnown && ready.pnlKnown && ready.executionsKnown &&
    ready.answered === ready.lines && ready.awaitingGreeks === 0;
}

/** Enough is there for a first view. */
export function isPresentable(ready: Readiness, fraction: number): boolean {
  return ready.positionsKnown && ready.accountsKnown && ready.answered >= ready.lines * fraction &&
    ready.awaitingGreeks <= ready.options * (1 - fraction);
}

/** Progress in words: `positions read, quotes 18 of 27 (67 %)`. */
export function progressText(ready: Readiness, settings: { fraction: number; timeoutSec: number }): string {
  const percent = ready.lines === 0 ? 0 : Math.round(ready.answered / ready.lines * 100);
  const shown = `shown at ${Math.round(settings.fraction * 100)} % or after ${settings.timeoutSec} s`;
  if (!ready.positionsKnown) return `waiting for positions (${shown})`;
  if (!ready.accountsKnown) return `positions read, waiting for account values (${shown})`;
  return `positions read, quotes ${ready.answered} of ${ready.lines} (${percent} %, ${shown})`;
}
