/** Keeps one session with OpenD alive: connects, waits until it is logged in, and tries again for ever. */
import type { Random } from "../../application/ports/clock.ts";
import type { FeedAnswer } from "../../application/ports/feed.ts";
import type { OpenDSession, PushListener } from "./opend.ts";
import type { SessionDependencies } from "./session.ts";

/** Where the connection stands; `detail` is for the screen. */
export type OpenDPhase = {
  /** `not-ready`: OpenD answers and is not logged in; the detail says what a person has to do. */
  readonly kind: "connecting" | "waiting" | "not-ready" | "session" | "stopped";
  readonly detail: string;
};

/**
 * A push may come before the first session: the notice that OpenD gives right after the greeting does. Those of accounts come
 * within a session only.
 */
export interface ConnectionOwner extends PushListener {
  /** The session is ready: logged in for trading. Each is handed over once. */
  onSession(session: OpenDSession): void;
  /** The session is over. Called once for every `onSession`. */
  onLost(reason: string): void;
  onPhase(phase: OpenDPhase): void;
}

export interface ConnectionDependencies extends Omit<SessionDependencies, "rateLimit"> {
  readonly random: Random;
  readonly owner: ConnectionOwner;
}

export class Connection {
  constructor(readonly deps: ConnectionDependencies) {}

  start(): void {}

  stop(): void {}

  /** Makes a new connection: at once when the next try is being waited for. One that is being made is left alone. */
  reconnect(_reason: string): FeedAnswer {
    return { done: false, words: "the connection to Futu is stopped" };
  }
}
