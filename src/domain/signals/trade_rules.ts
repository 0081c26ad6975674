/** Rules on the profit and loss of a trade: stops, profits taken, the trailing stop and the last days. */
import { closeWords, percentWords } from "./contract_words.ts";
import {
  atLeast,
  fallingUse,
  isKnown,
  type KnownCondition,
  risingUse,
  type SignalCondition,
  type SignalRule,
  type SignalSeverity,
  tell,
  withinDays,
} from "./signal_condition.ts";
import type { Bound } from "./signal_inputs.ts";
import type { SignalSettings } from "./signal_settings.ts";
import type { Trade } from "./trade.ts";
import type { Peak } from "./trailing_peaks.ts";

/**
 * What the trade's profit, loss and days to expiry say. A trade whose cost or profit is unknown is unknown to every rule
 * that needs them; one that was opened for next to nothing has only its days.
 */
export function judgeTrade(
  trade: Trade,
  peak: Peak | undefined,
  settings: SignalSettings,
  found: SignalCondition[],
): void {
  if (trade.expired) return;
  if (trade.hasOption) dteExit(trade, settings, found);
  switch (trade.kind) {
    case "unknown":
      for (const { rule, isOn } of PNL_RULES) {
        if (isOn(settings)) found.push({ state: "unknown", id: `${rule}:${trade.key}` });
      }
      return;
    case "even":
      return;
    case "debit":
      stopLoss(trade, settings.stopLossPct, settings.stopOfMaxLossPct, found);
      takeProfit(trade, settings.takeProfitPct, settings.takeProfitOfMaxPct, found);
      break;
    case "linear":
      stopLoss(trade, settings.linearStopLossPct, settings.stopOfMaxLossPct, found);
      takeProfit(trade, settings.linearTakeProfitPct, null, found);
      break;
    case "credit":
      shortPremiumR(trade, settings, found);
      earlyProfit(trade, settings, found);
      break;
  }
  trailingStop(trade, peak, settings, found);
}

/** Rules that cannot be judged without the cost, and whether they are wanted. */
const PNL_RULES: readonly { readonly rule: SignalRule; readonly isOn: (settings: SignalSettings) => boolean }[] = [
  { rule: "stop_loss", isOn: (settings) => settings.stopLossPct !== null || settings.linearStopLossPct !== null },
  { rule: "take_profit", isOn: (settings) => settings.takeProfitPct !== null || settings.linearTakeProfitPct !== null },
  { rule: "trailing_stop", isOn: (settings) => settings.trailingStopPct !== null },
  { rule: "short_premium_r", isOn: (settings) => settings.shortPremiumR !== null },
  { rule: "early_profit", isOn: (settings) => settings.earlyProfitPct !== null },
];

/** Loss as a fraction of the cost, against `pct` or what the maximum loss leaves of it. */
function stopLoss(trade: Trade, pct: number | null, ofMaxLoss: number | null, found: SignalCondition[]): void {
  if (pct === null) return;
  const lost = perBasis(trade.pnl, trade, -1);
  const stop = reachable(pct, trade.maxLoss, ofMaxLoss, trade.basis);
  const told = tell(found, judgeStop(lost, stop), "stop_loss", trade.key);
  if (told === null) return;
  found.push({
    ...told,
    ...about(trade, "critical", closing(trade)),
    ...measured("fraction", lost, stop.threshold),
    message: `${nameOf(trade)} has lost ${percentOf(lost)} of its cost, the stop is at ${percentWords(stop.threshold)}`,
  });
}

/** Loss as a multiple of the premium received (R). */
function shortPremiumR(trade: Trade, settings: SignalSettings, found: SignalCondition[]): void {
  if (settings.shortPremiumR === null) return;
  const lost = perBasis(trade.pnl, trade, -1);
  const stop = reachable(settings.shortPremiumR, trade.maxLoss, settings.stopOfMaxLossPct, trade.basis);
  const told = tell(found, judgeStop(lost, stop), "short_premium_r", trade.key);
  if (told === null) return;
  found.push({
    ...told,
    ...about(trade, "critical", closing(trade)),
    ...measured("multiple", lost, stop.threshold),
    message: `${nameOf(trade)} has lost ${(lost ?? 0).toFixed(2)} times the premium received, the stop is at ${
      stop.threshold.toFixed(2)
    }`,
  });
}

interface Stop {
  readonly threshold: number;
  /** False while the maximum loss is not known: the real threshold may be lower. */
  readonly certain: boolean;
}

/**
 * The stop as a multiple of the basis. A credit spread 5 wide that was sold for 2.00 loses 3.00 at the most, so a stop at
 * twice the premium would never be reached: it comes down to a fraction of the maximum loss.
 *
 * A trade whose worst outcome still gains, a put sold for more than its strike, keeps what was wanted. It is out of reach as
 * long as the marks are right, and a loss beyond it is told as it is while the maximum loss is unknown: so the threshold is
 * never above `wanted`, and finding out what the maximum loss is can neither raise that signal nor clear it.
 */
function reachable(wanted: number, maxLoss: Bound, ofMaxLoss: number | null, basis: number | null): Stop {
  if (ofMaxLoss === null || maxLoss === "unlimited") return { threshold: wanted, certain: true };
  const known = maxLoss === "modelled" ? null : maxLoss;
  if (!isKnown(known) || !isKnown(basis) || basis <= 0) return { threshold: wanted, certain: false };
  const bounded = known > 0 ? Math.min(wanted, ofMaxLoss * known / basis) : wanted;
  return { threshold: bounded, certain: true };
}

function judgeStop(lost: number | null, stop: Stop) {
  const judgement = atLeast(lost, stop.threshold);
  return judgement === "holding" || stop.certain ? judgement : "unknown";
}

/** Profit as a fraction of the cost, against `pct` or what the maximum profit leaves of it. */
function takeProfit(trade: Trade, pct: number | null, ofMaxProfit: number | null, found: SignalCondition[]): void {
  if (pct === null) return;
  const gained = perBasis(trade.pnl, trade, 1);
  const goal = reachable(pct, trade.maxProfit, ofMaxProfit, trade.basis);
  const told = tell(found, judgeStop(gained, goal), "take_profit", trade.key);
  if (told === null) return;
  found.push({
    ...told,
    ...about(trade, "info", `take profit: ${closing(trade)}`),
    ...measured("fraction", gained, goal.threshold),
    message: `${nameOf(trade)} has made ${percentOf(gained)} of its cost, the goal is ${percentWords(goal.threshold)}`,
  });
}

/**
 * Profit as a fraction of the maximum profit. Of short premium that is the premium received; never the width of the
 * strikes, which an iron condor holding 1.50 of a 5.00 width would have to earn three times over. The premium stands in
 * where there is no most, or only a model could tell it; where a number for it is missing, nothing can be said.
 */
function earlyProfit(trade: Trade, settings: SignalSettings, found: SignalCondition[]): void {
  const threshold = settings.earlyProfitPct;
  if (threshold === null) return;
  const { maxProfit, basis } = trade;
  const most = typeof maxProfit === "number" && maxProfit > 0 || maxProfit === null ? maxProfit : basis;
  const gained = isKnown(trade.pnl) && isKnown(most) ? trade.pnl / most : null;
  const told = tell(found, atLeast(gained, threshold), "early_profit", trade.key);
  if (told === null) return;
  found.push({
    ...told,
    ...about(trade, "info", `take profit: ${closing(trade)}`),
    ...measured("fraction", gained, threshold),
    message: `${nameOf(trade)} has made ${percentOf(gained)} of its maximum profit, the goal is ${
      percentWords(threshold)
    }`,
  });
}

/** How much of the highest profit was given back, once that profit was worth protecting. */
function trailingStop(trade: Trade, peak: Peak | undefined, settings: SignalSettings, found: SignalCondition[]): void {
  const threshold = settings.trailingStopPct;
  if (threshold === null || peak === undefined) return;
  const reached = perBasis(peak.profit, trade, 1);
  if (isKnown(reached) && reached < settings.trailingActivationPct) return;
  const back = isKnown(trade.pnl) && isKnown(reached) ? 1 - trade.pnl / peak.profit : null;
  const told = tell(found, atLeast(back, threshold), "trailing_stop", trade.key);
  if (told === null) return;
  found.push({
    ...told,
    ...about(trade, "warning", closing(trade)),
    ...measured("fraction", back, threshold),
    message: `${nameOf(trade)} has given back ${percentOf(back)} of its highest profit, the stop is at ${
      percentWords(threshold)
    }`,
  });
}

function dteExit(trade: Trade, settings: SignalSettings, found: SignalCondition[]): void {
  const threshold = settings.dteExitDays;
  if (threshold === null) return;
  const days = trade.daysToExpiry;
  const told = tell(found, withinDays(days, threshold), "dte_exit", trade.key);
  if (told === null) return;
  found.push({
    ...told,
    ...about(trade, "info", "close or roll"),
    unit: "days",
    value: days,
    threshold,
    utilization: fallingUse(days, threshold),
    message: `${nameOf(trade)} expires ${inDays(days)}, the exit is at ${threshold} d`,
  });
}

function inDays(days: number | null): string {
  if (days === null) return "on a day that is not known";
  return days === 0 ? "today" : `in ${days} d`;
}

/** `buy 5 to close`, `close the iron condor`. */
function closing({ quantity, subject }: Trade): string {
  return quantity === null ? `close the ${subject.toLowerCase()}` : closeWords(quantity);
}

function nameOf(trade: Trade): string {
  return `${trade.underlying} ${trade.subject}`;
}

function about(trade: Trade, severity: SignalSeverity, action: string) {
  return { layer: trade.layer, scope: trade.underlying, subject: trade.subject, severity, action };
}

function measured(
  unit: KnownCondition["unit"],
  value: number | null,
  threshold: number,
): Pick<KnownCondition, "unit" | "value" | "threshold" | "utilization"> {
  return { unit, value, threshold, utilization: risingUse(value, threshold) };
}

function perBasis(amount: number | null, { basis }: Trade, sign: 1 | -1): number | null {
  return isKnown(amount) && isKnown(basis) && basis > 0 ? sign * amount / basis : null;
}

function percentOf(fraction: number | null): string {
  return fraction === null ? "an unknown part" : percentWords(fraction);
}
