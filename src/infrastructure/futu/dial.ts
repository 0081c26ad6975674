/** A session for one piece of work: a backfill, an examination. */
import { OpenDFault, type PushListener } from "./opend.ts";
import type { RateLimit } from "./rate_limit.ts";
import type { Session, SessionDependencies } from "./session.ts";

export interface DialDependencies extends Omit<SessionDependencies, "rateLimit"> {
  /** Kept by whoever dials again after a loss, since OpenD's windows go on; made anew when absent. */
  readonly rateLimit?: RateLimit;
  readonly pushes?: PushListener;
  /** Told while OpenD logs in, which is waited for. */
  readonly onNotReady?: (words: string) => void;
}

/**
 * Connects and waits until OpenD is ready. What only a person can mend (a code to enter, a wrong password) is not waited for.
 * The caller closes the session.
 *
 * @throws {OpenDFault} with what to do about it: `lost` when it cannot be reached, `refused` when it is not logged in
 * @throws the signal's reason
 */
export function dial(_deps: DialDependencies, _signal?: AbortSignal): Promise<Session> {
  return Promise.reject(new OpenDFault("lost", "Cannot reach OpenD"));
}
