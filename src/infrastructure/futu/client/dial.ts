/** A session for one piece of work: a backfill, an examination. */
import type { LinkDependencies } from "./link.ts";
import { OpenDFault, type PushListener } from "./opend.ts";
import { RateLimit } from "./rate_limit.ts";
import { Session } from "./session.ts";

/** How long a login that is under way is waited for. */
export const LOGIN_PATIENCE_MS = 30_000;

export interface DialDependencies extends LinkDependencies {
  /** Kept by whoever dials again after a loss, since OpenD's windows go on; made anew when absent. */
  readonly rateLimit?: RateLimit;
  /** Named to OpenD, for its log. */
  readonly purpose?: string;
  readonly pushes?: PushListener;
  /** Told while OpenD logs in, which is waited for. */
  readonly onNotReady?: (words: string) => void;
}

/**
 * Connects and waits until OpenD is ready. What only a person can mend (a code to enter, a wrong password) is not waited for.
 * The caller closes the session.
 *
 * @throws {OpenDFault} with what to do about it: `refused` when it does not let us in or is not logged in, `lost` or `timeout`
 * when it cannot be reached, `unreadable` when what answers is no OpenD, or one with an RSA key
 * @throws the signal's reason
 */
export function dial(deps: DialDependencies, signal?: AbortSignal): Promise<Session> {
  const { clock, rateLimit = new RateLimit(clock), purpose = "once", pushes, onNotReady } = deps;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    let stopPatience: (() => void) | null = null;
    let latest = "";
    const session = new Session({ ...deps, rateLimit, purpose }, {
      onReady: () => {
        settled();
        resolve(session);
      },
      onNotReady: (missing) => {
        onNotReady?.(missing.words);
        if (missing.needsPerson) return giveUp(missing.words);
        latest = missing.words;
        stopPatience ??= clock.after(LOGIN_PATIENCE_MS, () => {
          giveUp(`${latest}; APEX waited ${LOGIN_PATIENCE_MS / 1000} s for it`);
        });
      },
      onPush: (push, message) => pushes?.onPush(push, message),
      onOver: ({ fault }) => {
        settled();
        reject(fault);
      },
    });
    const abort = (): void => {
      reject(signal!.reason);
      session.close();
    };
    function settled(): void {
      stopPatience?.();
      signal?.removeEventListener("abort", abort);
    }
    function giveUp(words: string): void {
      reject(new OpenDFault("refused", words));
      session.close();
    }
    signal?.addEventListener("abort", abort);
    session.start();
  });
}
