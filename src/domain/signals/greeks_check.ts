/**
 * Greeks that arithmetic disagrees with, without a pricing model.
 *
 * `greeks_bounds`: a call's delta is 0 to 1, a put's −1 to 0; gamma and vega are never negative. Whatever the model, these
 * hold, so a value outside them is wrong.
 *
 * `greeks_parity`: a call and a put of one strike and expiry differ by a forward, whose delta is 1 less what dividends take
 * (European), so the call's delta less the put's is near 1. Early exercise and dividends move it by some hundredths, deep in
 * the money by more; beyond the tolerance one of the two deltas belongs to another price, time or contract.
 */
import { isOption } from "../instrument.ts";
import type { PositionView } from "../risk/snapshot.ts";
import { type ContractName, dateWords } from "./contract_words.ts";
import { atLeast, isKnown, risingUse, type SignalCondition, tell } from "./signal_condition.ts";
import type { SignalSettings } from "./signal_settings.ts";

/** What a delta near 0 or 1 may be out by in a broker's model. */
const DELTA_ROUNDING = 0.01;

export function judgeGreeks(
  positions: readonly PositionView[],
  names: readonly ContractName[],
  settings: SignalSettings,
  found: SignalCondition[],
): void {
  const tolerance = settings.greeksTolerance;
  if (tolerance === null) return;
  const calls = new Map<string, number>();
  const puts: number[] = [];
  positions.forEach((position, index) => {
    if (!isOption(position.assetType) || position.quantity === 0 || position.expiryBucket === "EXPIRED") return;
    judgeBounds(position, names[index]!, found);
    if (position.right === "C") calls.set(names[index]!.series, index);
    else if (position.right === "P") puts.push(index);
  });
  for (const put of puts) {
    const call = calls.get(names[put]!.series);
    if (call !== undefined) judgeParity(positions[call]!, positions[put]!, names[call]!, tolerance, found);
  }
}

function judgeBounds(position: PositionView, name: ContractName, found: SignalCondition[]): void {
  const delta = perUnit(position.delta, position);
  const fault = boundsFault(position, delta);
  if (fault === "none") return;
  const told = tell(found, fault === "unknown" ? "unknown" : "holding", "greeks_bounds", name.key);
  if (told === null) return;
  found.push({
    ...told,
    layer: "position",
    scope: position.underlying,
    subject: name.words,
    severity: "warning",
    unit: "delta",
    value: delta,
    threshold: null,
    utilization: null,
    action: "do not hedge by its greeks",
    message: `${position.underlying} ${name.words} ${fault}`,
  });
}

function boundsFault(position: PositionView, delta: number | null): string {
  if (position.flags.includes("BAD_GREEKS")) return "has greeks outside their bounds, which are left out";
  if (delta === null || position.right === null) return "unknown";
  const toward = position.right === "C" ? delta : -delta;
  if (toward < -DELTA_ROUNDING || toward > 1 + DELTA_ROUNDING) {
    return `has a delta of ${delta.toFixed(2)}, which no ${position.right === "C" ? "call" : "put"} has`;
  }
  if ((perUnit(position.gamma, position) ?? 0) < 0) return "has a negative gamma";
  return (perUnit(position.vega, position) ?? 0) < 0 ? "has a negative vega" : "none";
}

function judgeParity(
  call: PositionView,
  put: PositionView,
  name: ContractName,
  tolerance: number,
  found: SignalCondition[],
): void {
  const [callDelta, putDelta] = [perUnit(call.delta, call), perUnit(put.delta, put)];
  const gap = callDelta === null || putDelta === null ? null : Math.abs(callDelta - putDelta - 1);
  const told = tell(found, atLeast(gap, tolerance), "greeks_parity", name.key);
  if (told === null) return;
  found.push({
    ...told,
    layer: "position",
    scope: call.underlying,
    subject: `${call.expiry === null ? "" : dateWords(call.expiry)} ${call.strike} C/P`.trim(),
    severity: "warning",
    unit: "delta",
    value: gap,
    threshold: tolerance,
    utilization: risingUse(gap, tolerance),
    action: "do not hedge by its greeks",
    message: `${call.underlying} ${name.words} and its put have deltas of ${callDelta?.toFixed(2)} and ` +
      `${putDelta?.toFixed(2)}, which differ by ${gap?.toFixed(2)} from 1`,
  });
}

function perUnit(greek: number | null, { quantity, multiplier }: PositionView): number | null {
  return isKnown(greek) ? greek / (quantity * multiplier) : null;
}
