/** Which executions count, and in which order. */
import { splitExecId } from "../session_fills.ts";
import type { EpochMs } from "../time.ts";

export interface TimedExecution {
  readonly execId: string;
  readonly at: EpochMs;
}

/**
 * Each execution in its newest revision (`….02` replaces `….01`, wherever it stands), in order of time; at one time in order
 * of the execution id, by code unit, so that the order they came in does not matter. Of one id twice the later one counts.
 */
export function currentExecutions<T extends TimedExecution>(executions: Iterable<T>): T[] {
  const newest = new Map<string, { execution: T; revision: number }>();
  for (const execution of executions) {
    const { root, revision } = splitExecId(execution.execId);
    const known = newest.get(root);
    if (known === undefined || revision >= known.revision) newest.set(root, { execution, revision });
  }
  return Array.from(newest.values(), ({ execution }) => execution).sort(inTime);
}

/** The order of time, then of ids. */
export function inTime(one: TimedExecution, other: TimedExecution): number {
  if (one.at !== other.at) return one.at - other.at;
  if (one.execId === other.execId) return 0;
  return one.execId < other.execId ? -1 : 1;
}
