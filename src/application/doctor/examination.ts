/** Runs the doctor's checks beside each other, each within its time. */
import type { Clock } from "../ports/clock.ts";
import { fail, type Finding } from "./finding.ts";

export interface Check {
  readonly title: string;
  readonly limitMs: number;
  /** What is to be done when there is no answer within the limit. */
  readonly whenLate: string;
  /** The signal ends it when its time is over or the doctor is told to stop. */
  look(signal: AbortSignal): Promise<readonly Finding[]> | readonly Finding[];
}

/** The findings in the order of the checks, whichever of them answers first. What a check throws is its finding. */
export async function examine(
  checks: readonly Check[],
  clock: Pick<Clock, "after">,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  return (await Promise.all(checks.map((check) => findingsOf(check, clock, signal)))).flat();
}

async function findingsOf(
  check: Check,
  clock: Pick<Clock, "after">,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { title, limitMs, whenLate } = check;
  const over = new AbortController();
  const late = Promise.withResolvers<readonly Finding[]>();
  const stop = () => {
    over.abort(signal.reason);
    late.reject(signal.reason);
  };
  signal.addEventListener("abort", stop, { once: true });
  const cancel = clock.after(limitMs, () => {
    late.resolve([fail(title, `No answer within ${Math.round(limitMs / 1000)} s`, whenLate)]);
    over.abort();
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([Promise.resolve().then(() => check.look(over.signal)), late.promise]);
  } catch (fault) {
    if (signal.aborted) throw fault;
    const words = fault instanceof Error ? fault.message : String(fault);
    return [fail(title, words, "Mend what it says and run apex doctor again")];
  } finally {
    cancel();
    signal.removeEventListener("abort", stop);
  }
}
