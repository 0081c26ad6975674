/** What a connection to OpenD gives to whoever asks it for something. */
import type { Answered, Asked, Exchange, Push, Pushed } from "../wire/messages.ts";

/**
 * `refused`: OpenD said no. `rate-limited`: it said that this was asked too often, again after waiting. `timeout`: no answer in
 * time. `lost`: the connection ended before the answer. `unreadable`: the answer is not what the definitions say.
 */
export type OpenDFaultKind = "refused" | "rate-limited" | "timeout" | "lost" | "unreadable";

/** Why a question to OpenD has no answer: what was asked, what stood in the way, and what OpenD said in its own words. */
export class OpenDFault extends Error {
  override readonly name = "OpenDFault";
  constructor(readonly kind: OpenDFaultKind, message: string, readonly said: string | null = null) {
    super(message);
  }
}

export interface AskOptions {
  readonly signal?: AbortSignal;
  /** Told when the question has to wait for its turn, because OpenD takes only so many in a while. */
  readonly onWait?: (ms: number) => void;
}

/** A connection that OpenD has let in. */
export interface OpenDSession {
  /** As OpenD numbers it; in its log too. */
  readonly connId: string;
  /** 905 for 9.5, say. */
  readonly serverVersion: number;
  /**
   * Sends a question once the message's rate limit allows and waits for its answer.
   *
   * @throws {OpenDFault}
   * @throws the signal's reason
   */
  ask<E extends Exchange>(exchange: E, question: Asked<E>, options?: AskOptions): Promise<Answered<E>>;
}

/** Receives what OpenD sends by itself. */
export interface PushListener {
  onPush<P extends Push>(push: P, message: Pushed<P>): void;
}
