/** Every rule over the whole book at one instant. */
import { localDate } from "../calendar/session.ts";
import type { EpochMs } from "../time.ts";
import { judgeGreeks } from "./greeks_check.ts";
import { judgeEarnings, judgeMarket, judgeSectors } from "./market_rules.ts";
import { judgeContract } from "./option_rules.ts";
import type { SignalCondition } from "./signal_condition.ts";
import type { SignalInputs } from "./signal_inputs.ts";
import type { SignalSettings } from "./signal_settings.ts";
import { type Trade, tradesOf } from "./trade.ts";
import { judgeTrade } from "./trade_rules.ts";

/**
 * What the rules find: conditions that hold, that are near their threshold, and those that cannot be told. What is not
 * listed does not hold. Each id at most once, in no particular order.
 *
 * A missing number, NaN and infinity included, makes a condition `unknown`, never true and never false. Dates that the
 * settings do not hold are not missing numbers: such a name has no date.
 *
 * @param trades of these inputs, where the caller has made them already
 */
export function signalConditions(
  inputs: SignalInputs,
  settings: SignalSettings,
  now: EpochMs,
  trades: readonly Trade[] = tradesOf(inputs),
): SignalCondition[] {
  const found: SignalCondition[] = [];
  const today = localDate("NYSE", now);
  for (const trade of trades) judgeTrade(trade, inputs.peaks.get(trade.key), settings, found);
  for (const position of inputs.positions) judgeContract(position, settings, today, found);
  judgeGreeks(inputs.positions, settings, found);
  judgeEarnings(inputs.names, settings, today, found);
  judgeSectors(inputs, settings, found);
  judgeMarket(inputs, settings, found);
  return found;
}
