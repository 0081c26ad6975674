/** One connection to OpenD, from dialling to its end. */
import type { Clock } from "../../application/ports/clock.ts";
import type { Log } from "../../application/ports/log.ts";
import type { Network } from "../../application/ports/network.ts";
import type { FutuSettings } from "../../application/settings.ts";
import { type AskOptions, OpenDFault, type OpenDSession, type PushListener } from "./opend.ts";
import type { RateLimit } from "./rate_limit.ts";
import type { Answered, Asked, Exchange } from "./wire/messages.ts";

export interface SessionDependencies {
  readonly settings: FutuSettings;
  readonly network: Network;
  readonly clock: Clock;
  readonly log: Log;
  readonly rateLimit: RateLimit;
}

export interface SessionEvents extends PushListener {
  /** InitConnect is done and OpenD is logged in for trading. Called once at most. */
  onReady(): void;
  /** OpenD is connected to and not logged in; called again when the words change. */
  onNotReady(words: string): void;
  /** Called once. */
  onOver(fault: OpenDFault): void;
}

export class Session implements OpenDSession {
  constructor(readonly deps: SessionDependencies, readonly events: SessionEvents) {}

  get connId(): string {
    return "";
  }

  get serverVersion(): number {
    return 0;
  }

  /** It said that it is APEX's simulator. Known before the session is ready. */
  get isSimulated(): boolean {
    return false;
  }

  start(): void {}

  /** Ends the connection from this side. */
  close(_reason = "closed by APEX"): void {}

  ask<E extends Exchange>(_exchange: E, _question: Asked<E>, _options?: AskOptions): Promise<Answered<E>> {
    return Promise.reject(new OpenDFault("lost", "There is no connection to OpenD"));
  }
}
