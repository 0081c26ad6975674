/** Every rule over the whole book at one instant. */
import { localDate } from "../calendar/session.ts";
import type { EpochMs } from "../time.ts";
import { type ContractName, ContractNames } from "./contract_words.ts";
import { judgeGreeks } from "./greeks_check.ts";
import { judgeEarnings, judgeMarket, judgeSectors } from "./market_rules.ts";
import { judgeContract } from "./option_rules.ts";
import type { SignalCondition } from "./signal_condition.ts";
import type { SignalInputs } from "./signal_inputs.ts";
import type { SignalSettings } from "./signal_settings.ts";
import { type Trade, tradesOf } from "./trade.ts";
import { judgeTrade } from "./trade_rules.ts";

/** What several rules ask for. */
export interface Prepared {
  /** By the place of the position. */
  readonly names: readonly ContractName[];
  readonly trades: readonly Trade[];
}

/** @param known names of earlier turns */
export function prepare(inputs: Pick<SignalInputs, "positions" | "strategies">, known: ContractNames): Prepared {
  return { names: known.of(inputs.positions), trades: tradesOf(inputs, known) };
}

/**
 * What the rules find: conditions that hold, that are near their threshold, and those that cannot be told. What is not
 * listed does not hold. Each id at most once, in no particular order.
 *
 * A missing number, NaN and infinity included, makes a condition `unknown`, never true and never false. Dates that the
 * settings do not hold are not missing numbers: such a name has no date.
 *
 * @param prepared of these inputs, where the caller has it already
 */
export function signalConditions(
  inputs: SignalInputs,
  settings: SignalSettings,
  now: EpochMs,
  prepared: Prepared = prepare(inputs, new ContractNames()),
): SignalCondition[] {
  const found: SignalCondition[] = [];
  const today = localDate("NYSE", now);
  const { names, trades } = prepared;
  for (const trade of trades) judgeTrade(trade, inputs.peaks.get(trade.key), settings, found);
  inputs.positions.forEach((position, index) => judgeContract(position, names[index]!, settings, today, found));
  judgeGreeks(inputs.positions, names, settings, found);
  judgeEarnings(inputs.names, settings, today, found);
  judgeSectors(inputs, settings, found);
  judgeMarket(inputs, settings, found);
  return found;
}
