/** Rules on single contracts: the delta of short legs, assignment, pins and the day of expiry. */
import { exchangeOf } from "../calendar/exchange.ts";
import { dayNumber } from "../calendar/date.ts";
import { isOption } from "../instrument.ts";
import type { PositionView } from "../risk/snapshot.ts";
import type { IsoDate } from "../time.ts";
import { closeWords, type ContractName, countWords, dateWords, percentWords } from "./contract_words.ts";
import {
  atLeast,
  atMost,
  both,
  fallingUse,
  isKnown,
  type Judgement,
  type KnownCondition,
  risingUse,
  type SignalCondition,
  type SignalSeverity,
  tell,
  withinDays,
} from "./signal_condition.ts";
import type { SignalSettings } from "./signal_settings.ts";

/**
 * What one position's contract says.
 *
 * @param today the date in New York: dividend dates are read there
 */
export function judgeContract(
  position: PositionView,
  name: ContractName,
  settings: SignalSettings,
  today: IsoDate,
  found: SignalCondition[],
): void {
  if (position.quantity === 0 || position.expiry === null || position.expiryBucket === "EXPIRED") return;
  expiringToday(position, name, settings, found);
  if (!isOption(position.assetType) || position.quantity > 0) return;
  shortLegDelta(position, name, settings, found);
  if (!isAssigned(position)) return;
  assignmentRisk(position, name, settings, found);
  exDividend(position, name, settings, today, found);
  pinRisk(position, name, settings, found);
}

/** Cash-settled and European: nobody can be assigned early, and no shares change hands at expiry. OEX is American. */
function isAssigned(position: PositionView): boolean {
  if (position.assetType !== "OPTION") return true;
  if (CASH_SETTLED_ABROAD.has(position.underlying)) return false;
  return position.underlying === "OEX" || exchangeOf(position) !== "CBOE_INDEX_OPTIONS";
}

const CASH_SETTLED_ABROAD = new Set(["DAX", "ESTX50", "SMI", "Z", "HSI", "HHI.HK", "MHI"]);

function shortLegDelta(
  position: PositionView,
  name: ContractName,
  settings: SignalSettings,
  found: SignalCondition[],
): void {
  const threshold = settings.shortLegDelta;
  if (threshold === null) return;
  const { delta, quantity, multiplier } = position;
  const size = isKnown(delta) ? Math.abs(delta / (quantity * multiplier)) : null;
  const told = tell(found, atLeast(size, threshold), "short_leg_delta", name.key);
  if (told === null) return;
  found.push({
    ...told,
    ...about(position, name, "warning", `roll, or ${closeWords(quantity)}`),
    unit: "delta",
    value: size,
    threshold,
    utilization: risingUse(size, threshold),
    message: `${titleOf(position, name)} short-leg delta ${(size ?? 0).toFixed(2)} has reached ${threshold.toFixed(2)}`,
  });
}

function assignmentRisk(
  position: PositionView,
  name: ContractName,
  settings: SignalSettings,
  found: SignalCondition[],
): void {
  const threshold = settings.assignmentDays;
  if (threshold === null) return;
  const days = position.daysToExpiry;
  const judgement = both(withinDays(days, threshold), inTheMoney(position));
  const told = tell(found, judgement, "assignment_risk", name.key);
  if (told === null) return;
  found.push({
    ...told,
    ...about(position, name, days === 0 ? "critical" : "warning", `${closeWords(position.quantity)}, or roll`),
    ...daysLeft(days, threshold),
    message: `${titleOf(position, name)} is ${
      percentWords(moneyness(position) ?? 0)
    } in the money with ${days} d left: ${deliveryWords(position)}`,
  });
}

/** The holder of a call exercises on the day before the ex-date for the dividend. A put gains from waiting. */
function exDividend(
  position: PositionView,
  name: ContractName,
  settings: SignalSettings,
  today: IsoDate,
  found: SignalCondition[],
): void {
  const threshold = settings.exDividendDays;
  const { right, assetType, underlying, expiry } = position;
  if (threshold === null || right !== "C" || assetType !== "OPTION" || expiry === null) return;
  const date = nextDate(settings.exDividends.get(underlying), today);
  if (date === null || date > expiry) return;
  const days = dayNumber(date) - dayNumber(today);
  // On the ex-date itself the exercise has happened or not.
  const judgement = days === 0 ? "off" : both(withinDays(days, threshold), inTheMoney(position));
  const told = tell(found, judgement, "ex_dividend", name.key);
  if (told === null) return;
  found.push({
    ...told,
    ...about(position, name, "warning", `${closeWords(position.quantity)} before ${dateWords(date)}`),
    ...daysLeft(days, threshold),
    message: `${titleOf(position, name)} is in the money and ${underlying} goes ex-dividend on ${dateWords(date)}: ${
      deliveryWords(position)
    }`,
  });
}

function pinRisk(
  position: PositionView,
  name: ContractName,
  settings: SignalSettings,
  found: SignalCondition[],
): void {
  const threshold = settings.pinRiskPct;
  if (threshold === null) return;
  const inside = moneyness(position);
  const distance = inside === null ? null : Math.abs(inside);
  const judgement = both(withinDays(position.daysToExpiry, settings.pinRiskDays), atMost(distance, threshold));
  const told = tell(found, judgement, "pin_risk", name.key);
  if (told === null) return;
  found.push({
    ...told,
    ...about(position, name, "warning", `${closeWords(position.quantity)} before it expires`),
    unit: "fraction",
    value: distance,
    threshold,
    utilization: fallingUse(distance, threshold),
    message:
      `${titleOf(position, name)} is ${
        percentWords(distance ?? 0)
      } from its strike with ${position.daysToExpiry} d left: ` +
      `whether ${deliveryWords(position)} is open until after the close`,
  });
}

/** The list of what expires today, futures included. */
function expiringToday(
  position: PositionView,
  name: ContractName,
  settings: SignalSettings,
  found: SignalCondition[],
): void {
  if (!settings.expiringToday) return;
  const days = position.daysToExpiry;
  const option = isOption(position.assetType);
  const told = tell(found, withinDays(days, 0), "expiring_today", name.key);
  if (told === null) return;
  found.push({
    ...told,
    ...about(
      position,
      name,
      position.quantity < 0 && option ? "warning" : "info",
      `${closeWords(position.quantity)}${option ? ", or let it expire" : ", or roll"}`,
    ),
    unit: "days",
    value: days,
    threshold: 0,
    utilization: null,
    message: `${titleOf(position, name)} expires today${option ? moneyWords(moneyness(position)) : ""}`,
  });
}

/** The earliest date that is not past; null when there is none. */
export function nextDate(dates: readonly IsoDate[] | undefined, today: IsoDate): IsoDate | null {
  return (dates ?? []).reduce<IsoDate | null>(
    (next, date) => date >= today && (next === null || date < next) ? date : next,
    null,
  );
}

/** Back out of the money by this fraction of the strike before it counts as out of it. */
const OUT_OF_THE_MONEY = -0.002;

function inTheMoney(position: PositionView): Judgement {
  const inside = moneyness(position);
  if (inside === null) return "unknown";
  return inside > 0 ? "holding" : inside > OUT_OF_THE_MONEY ? "near" : "off";
}

/** How far the underlying is beyond the strike, as a fraction of the strike: positive in the money. */
function moneyness({ right, strike, underlyingPrice }: PositionView): number | null {
  if (right === null || strike === null || strike <= 0 || !isKnown(underlyingPrice)) return null;
  return (right === "C" ? underlyingPrice - strike : strike - underlyingPrice) / strike;
}

function moneyWords(inside: number | null): string {
  if (inside === null) return "";
  return `, ${percentWords(Math.abs(inside))} ${inside > 0 ? "in" : "out of"} the money`;
}

/** `500 sh may be called away`, `2 futures may be put to us`. */
function deliveryWords({ assetType, quantity, multiplier, right }: PositionView): string {
  const count = Math.abs(quantity);
  const what = assetType === "FUTURE_OPTION"
    ? `${countWords(count)} ${count === 1 ? "future" : "futures"}`
    : `${countWords(count * multiplier)} sh`;
  return `${what} may be ${right === "C" ? "called away" : "put to us"}`;
}

function daysLeft(
  days: number | null,
  threshold: number,
): Pick<KnownCondition, "unit" | "value" | "threshold" | "utilization"> {
  return { unit: "days", value: days, threshold, utilization: fallingUse(days, threshold) };
}

function about(position: PositionView, name: ContractName, severity: SignalSeverity, action: string) {
  return { layer: "position" as const, scope: position.underlying, subject: name.words, severity, action };
}

function titleOf(position: PositionView, name: ContractName): string {
  return `${position.underlying} ${name.words}`;
}
