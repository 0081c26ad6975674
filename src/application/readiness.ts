/** How much of what the book needs has arrived, since the start or for a one-shot snapshot. */
import type { Portfolio } from "../domain/portfolio.ts";
import { QuoteField, QUOTING_BROKER } from "../domain/event.ts";
import { isOption } from "../domain/instrument.ts";
import type { EpochMs } from "../domain/time.ts";
import type { BrokerRead } from "./brokers.ts";

export interface Readiness {
  readonly positionsKnown: boolean;
  readonly accountsKnown: boolean;
  /** IB's P&L of every account and holding. Another broker's is no part of a check and not waited for. */
  readonly pnlKnown: boolean;
  readonly executionsKnown: boolean;
  /** Lines that the book needs. */
  readonly lines: number;
  /** Lines that answered, were refused, or are lent to others. */
  readonly answered: number;
  /** Option lines that have a quote and whose greeks may still come. */
  readonly awaitingGreeks: number;
  readonly options: number;
  /** Of each broker what is known, in the order of `brokersRead`. */
  readonly brokers: readonly BrokerReadiness[];
}

export interface BrokerReadiness {
  readonly source: BrokerRead["source"];
  readonly positionsKnown: boolean;
  readonly accountsKnown: boolean;
  readonly executionsKnown: boolean;
}

/** The model's computation follows the first quote within this time, or does not come. */
const GREEKS_FOLLOW_MS = 1_500;

/**
 * What the brokers' books still lack. Without a broker everything is known at once.
 *
 * @param manualCounts entries of the file kept by hand are part of the book, and need lines
 */
export function readiness(
  portfolio: Portfolio,
  brokers: readonly BrokerRead[],
  now: EpochMs,
  manualCounts = true,
): Readiness {
  const { positions, quotes, registry } = portfolio;
  const hasLines = brokers.some(({ source }) => source === QUOTING_BROKER);
  const needed = new Uint8Array(registry.size);
  let pnlKnown = true;
  for (let leaf = 0; leaf < positions.count; leaf++) {
    if (!positions.isAlive(leaf) || positions.quantity[leaf] === 0) continue;
    const { source } = positions.accounts[positions.account[leaf]!]!;
    if (source === "MANUAL" && !manualCounts) continue;
    const instrument = positions.instrument[leaf]!;
    // IB is not asked for what another source holds and cannot tell.
    if (source !== QUOTING_BROKER && registry.at(instrument).assetType === "UNKNOWN") continue;
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
  for (const { source, pnl } of portfolio.accounts.all()) if (source === "IB" && pnl === null) pnlKnown = false;
  const each = brokers.map((broker) => brokerReadiness(broker, portfolio));
  const ib = each.find(({ source }) => source === "IB");
  return {
    positionsKnown: each.every(({ positionsKnown }) => positionsKnown),
    accountsKnown: each.every(({ accountsKnown }) => accountsKnown),
    pnlKnown: ib === undefined || (pnlKnown && ib.accountsKnown),
    executionsKnown: each.every(({ executionsKnown }) => executionsKnown),
    lines,
    // Nobody else has lines: what nobody asks for is not waited for.
    answered: hasLines ? answered : lines,
    awaitingGreeks,
    options,
    brokers: each,
  };
}

function brokerReadiness(
  { source, tellsExecutions }: BrokerRead,
  { positions, accounts }: Portfolio,
): BrokerReadiness {
  const own = [...accounts.all()].filter((account) => account.source === source);
  return {
    source,
    positionsKnown: positions.downloads(source) > 0,
    accountsKnown: own.length > 0 &&
      own.every(({ restored, currency, values }) => !restored && currency !== null && values.netLiquidation !== null),
    executionsKnown: !tellsExecutions || positions.fillsSince(source) !== null,
  };
}

/** Everything that a one-shot snapshot waits for is there. */
export function isComplete(ready: Readiness): boolean {
  return ready.positionsKnown && ready.accountsKnown && ready.pnlKnown && ready.executionsKnown &&
    ready.answered === ready.lines && ready.awaitingGreeks === 0;
}

/** Enough is there for a first view. */
export function isPresentable(ready: Readiness, fraction: number): boolean {
  return ready.positionsKnown && ready.accountsKnown && hasQuotes(ready, fraction);
}

/** So many of the lines that are known to be needed have answered, and of the options so many with greeks. */
export function hasQuotes({ answered, lines, awaitingGreeks, options }: Readiness, fraction: number): boolean {
  return answered >= lines * fraction && awaitingGreeks <= options * (1 - fraction);
}

/** Progress in words: `positions read, quotes 18 of 27 (67 %)`. Of several brokers the one that is waited for is named. */
export function progressText(ready: Readiness, settings: { fraction: number; timeoutSec: number }): string {
  const percent = ready.lines === 0 ? 0 : Math.round(ready.answered / ready.lines * 100);
  const shown = `shown at ${Math.round(settings.fraction * 100)} % or after ${settings.timeoutSec} s`;
  if (!ready.positionsKnown) {
    return `waiting for ${lacking(ready, "positions", ({ positionsKnown }) => positionsKnown)} (${shown})`;
  }
  if (!ready.accountsKnown) {
    const accounts = lacking(ready, "account values", ({ accountsKnown }) => accountsKnown);
    return `positions read, waiting for ${accounts} (${shown})`;
  }
  return `positions read, quotes ${ready.answered} of ${ready.lines} (${percent} %, ${shown})`;
}

/** `positions`; of several brokers `FUTU's positions`, or `IB's and FUTU's positions`. */
export function lacking(
  { brokers }: Readiness,
  what: string,
  isKnown: (broker: BrokerReadiness) => boolean,
): string {
  if (brokers.length < 2) return what;
  const owners = brokers.filter((broker) => !isKnown(broker)).map(({ source }) => `${source}'s`);
  return `${owners.join(" and ")} ${what}`;
}
