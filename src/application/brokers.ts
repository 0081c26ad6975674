/** The brokers whose books a configuration reads, in the order in which they are told of. */
import type { Source } from "../domain/event.ts";
import type { Settings } from "./settings.ts";

export interface BrokerRead {
  readonly source: Exclude<Source, "MANUAL">;
  /** It tells the session's executions. OpenD has none of a paper account's. */
  readonly tellsExecutions: boolean;
}

export function brokersRead({ ibkr, futu }: Pick<Settings, "ibkr" | "futu">): readonly BrokerRead[] {
  const brokers: BrokerRead[] = [];
  if (ibkr.enabled) brokers.push({ source: "IB", tellsExecutions: true });
  if (futu.enabled) brokers.push({ source: "FUTU", tellsExecutions: futu.trdEnv === "REAL" });
  return brokers;
}
