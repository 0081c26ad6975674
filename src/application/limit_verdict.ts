/** What `--fail-on` asks: whether a limit stands in that state or worse. */
import type { LimitState, RiskSnapshot } from "../domain/risk/snapshot.ts";
import type { FailOn } from "./command.ts";

/** What of a snapshot the question needs. */
type Judged = Pick<RiskSnapshot, "status" | "statusReasons" | "restoredFrom"> & {
  readonly limits: readonly { readonly state: LimitState }[];
};

/** Nobody can say whether a limit was reached: the book was not known well enough to judge any. */
export class LimitsNotJudged extends Error {
  override readonly name = "LimitsNotJudged";
  constructor(snapshot: Judged | null) {
    const reasons = snapshot === null || snapshot.statusReasons.length === 0
      ? "the monitor was still starting"
      : snapshot.statusReasons.join("; ");
    super(
      `Cannot say whether a limit was reached, as none was judged: ${reasons}. Give it more time with --timeout or --for`,
    );
  }
}

/**
 * An unknown limit counts as soft: a missing input is never a silent pass.
 *
 * @param snapshot the last one; null when there was none
 * @throws {LimitsNotJudged} when it is asked, and no limit was judged yet on a book that its brokers have confirmed
 */
export function limitReached(snapshot: Judged | null, failOn: FailOn | null): boolean {
  if (failOn === null) return false;
  if (snapshot === null || snapshot.status === "starting" || isUnconfirmed(snapshot)) {
    throw new LimitsNotJudged(snapshot);
  }
  return snapshot.limits.some(({ state }) => state === "hard" || (failOn === "soft" && state !== "ok"));
}

/** A book that an earlier run stored says what was: within its limits then is not within them now. */
function isUnconfirmed({ status, restoredFrom }: Judged): boolean {
  return status === "stale" && restoredFrom !== null;
}
