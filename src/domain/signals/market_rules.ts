/** Rules on the market and on names: the volatility index, the index, earnings and sectors. */
import { dayNumber } from "../calendar/date.ts";
import type { IsoDate } from "../time.ts";
import { dateWords, percentWords } from "./contract_words.ts";
import { nextDate } from "./option_rules.ts";
import {
  atLeast,
  fallingUse,
  isKnown,
  type Judgement,
  risingUse,
  type SignalCondition,
  tell,
  withinDays,
} from "./signal_condition.ts";
import type { SignalInputs, SignalName } from "./signal_inputs.ts";
import type { SignalSettings } from "./signal_settings.ts";

/** While the market is closed, nothing is raised and nothing cleared. */
export function judgeMarket(inputs: SignalInputs, settings: SignalSettings, found: SignalCondition[]): void {
  const whileOpen = (judgement: Judgement): Judgement => inputs.marketOpen ? judgement : "unknown";
  vixLevel(inputs, settings, found, whileOpen);
  vixSpike(inputs, settings, found, whileOpen);
  indexDrop(inputs, settings, found, whileOpen);
}

type Gate = (judgement: Judgement) => Judgement;

function vixLevel({ vix }: SignalInputs, settings: SignalSettings, found: SignalCondition[], gate: Gate): void {
  const { vixLevel: threshold, vixSymbol: scope } = settings;
  if (threshold === null) return;
  const told = tell(found, gate(atLeast(vix.price, threshold)), "vix_level", scope);
  if (told === null) return;
  found.push({
    ...told,
    ...ofMarket(scope),
    severity: "warning",
    unit: "points",
    value: vix.price,
    threshold,
    utilization: risingUse(vix.price, threshold),
    action: "add no short premium",
    message: `${scope} at ${vix.price?.toFixed(2)} has reached ${threshold.toFixed(2)}`,
  });
}

/** The rise above the lowest price of the window, however short the window is so far. */
function vixSpike({ vix }: SignalInputs, settings: SignalSettings, found: SignalCondition[], gate: Gate): void {
  const { vixSpikePct: threshold, vixSymbol: scope, vixWindowMinutes } = settings;
  if (threshold === null) return;
  const rise = isKnown(vix.price) && isKnown(vix.windowLow) && vix.windowLow > 0 ? vix.price / vix.windowLow - 1 : null;
  const told = tell(found, gate(atLeast(rise, threshold)), "vix_spike", scope);
  if (told === null) return;
  found.push({
    ...told,
    ...ofMarket(scope),
    severity: "critical",
    unit: "fraction",
    value: rise,
    threshold,
    utilization: risingUse(rise, threshold),
    action: "reduce short vega",
    message: `${scope} has risen ${percentWords(rise ?? 0)} within ${vixWindowMinutes} min, to ${
      vix.price?.toFixed(2)
    }`,
  });
}

function indexDrop({ index }: SignalInputs, settings: SignalSettings, found: SignalCondition[], gate: Gate): void {
  const { indexDropPct: threshold, indexSymbol: scope } = settings;
  if (threshold === null) return;
  const { price, close } = index;
  const drop = isKnown(price) && isKnown(close) && close > 0 ? 1 - price / close : null;
  const told = tell(found, gate(atLeast(drop, threshold)), "index_drop", scope);
  if (told === null) return;
  found.push({
    ...told,
    ...ofMarket(scope),
    severity: "critical",
    unit: "fraction",
    value: drop,
    threshold,
    utilization: risingUse(drop, threshold),
    action: "reduce or hedge delta",
    message: `${scope} is ${percentWords(drop ?? 0)} below its previous close`,
  });
}

function ofMarket(scope: string) {
  return { layer: "portfolio" as const, scope, subject: null };
}

/** A name without a date in the settings has none as far as this rule knows. */
export function judgeEarnings(
  names: readonly SignalName[],
  settings: SignalSettings,
  today: IsoDate,
  found: SignalCondition[],
): void {
  const threshold = settings.earningsDays;
  if (threshold === null || settings.earnings.size === 0) return;
  for (const { underlying, positions } of names) {
    const date = positions === 0 ? null : nextDate(settings.earnings.get(underlying), today);
    if (date === null) continue;
    const days = dayNumber(date) - dayNumber(today);
    const told = tell(found, withinDays(days, threshold), "earnings", underlying);
    if (told === null) continue;
    found.push({
      ...told,
      layer: "portfolio",
      scope: underlying,
      subject: null,
      severity: "info",
      unit: "days",
      value: days,
      threshold,
      utilization: fallingUse(days, threshold),
      action: `reduce or hedge by ${dateWords(date)}`,
      message: `${underlying} reports earnings ${days === 0 ? "today" : `on ${dateWords(date)}, in ${days} d`}`,
    });
  }
}

/**
 * Each sector's share of the book's gross exposure. A sector with a name of unknown exposure is unknown; unknown names of
 * other sectors leave both sums, as they leave the book's total.
 */
export function judgeSectors(inputs: SignalInputs, settings: SignalSettings, found: SignalCondition[]): void {
  const threshold = settings.sectorConcentrationPct;
  if (threshold === null || inputs.sectors.size === 0) return;
  const { grossExposure: total } = inputs;
  for (const [sector, exposure] of sectorExposures(inputs)) {
    const share = isKnown(exposure) && isKnown(total) && total > 0 ? exposure / total : null;
    const told = tell(found, atLeast(share, threshold), "sector_concentration", sector);
    if (told === null) continue;
    found.push({
      ...told,
      layer: "portfolio",
      scope: sector,
      subject: null,
      severity: "warning",
      unit: "fraction",
      value: share,
      threshold,
      utilization: risingUse(share, threshold),
      action: `reduce by ${amountWords(excess(exposure ?? 0, total ?? 0, threshold))}`,
      message: `${sector} is ${percentWords(share ?? 0)} of gross exposure, ${percentWords(threshold)} is allowed`,
    });
  }
}

function sectorExposures({ names, sectors }: SignalInputs): Map<string, number | null> {
  const exposures = new Map<string, number | null>();
  for (const { underlying, grossExposure } of names) {
    const sector = sectors.get(underlying);
    if (sector === undefined) continue;
    const before = exposures.get(sector);
    const known = before !== null && isKnown(grossExposure);
    exposures.set(sector, known ? (before ?? 0) + grossExposure : null);
  }
  return exposures;
}

/** What has to go from the sector, and so from the book, until its share is at the threshold: (s − x) / (g − x) = t. */
function excess(exposure: number, total: number, threshold: number): number {
  return threshold < 1 ? Math.max(0, (exposure - threshold * total) / (1 - threshold)) : 0;
}

function amountWords(amount: number): string {
  if (amount >= 1e6) return `${(amount / 1e6).toFixed(2)} M`;
  return amount >= 1e3 ? `${(amount / 1e3).toFixed(1)} K` : amount.toFixed(0);
}
