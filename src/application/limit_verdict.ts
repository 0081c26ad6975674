/** What `--fail-on` asks: whether a limit stands in that state or worse. */
import type { RiskSnapshot } from "../domain/risk/snapshot.ts";
import type { FailOn } from "./command.ts";

/** An unknown limit counts as soft: a missing input is never a silent pass. */
export function limitReached(snapshot: RiskSnapshot, failOn: FailOn | null): boolean {
  if (failOn === null) return false;
  return snapshot.limits.some(({ state }) => state === "hard" || (failOn === "soft" && state !== "ok"));
}
