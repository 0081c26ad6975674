/** Makes OpenD tell of orders and fills: the full list of accounts, anew on each connection. */
import type { Clock } from "../../application/ports/clock.ts";
import type { Log } from "../../application/ports/log.ts";
import type { FutuAccount } from "./accounts.ts";
import { OpenDFault, type OpenDSession } from "./client/opend.ts";
import { Rounds } from "./rounds.ts";
import { SUB_ACC_PUSH } from "./wire/messages.ts";

/** Once would do. It is sent again now and then, so that a subscription that OpenD lost does not stay lost. */
const AGAIN_MS = 30 * 60_000;

export interface SubscriptionDependencies {
  readonly clock: Clock;
  readonly log: Log;
  readonly onState: () => void;
}

export class Subscription {
  readonly #deps: SubscriptionDependencies;
  readonly #rounds: Rounds;
  #session: OpenDSession | null = null;
  #accounts: readonly FutuAccount[] = [];
  fault: string | null = null;

  constructor(deps: SubscriptionDependencies) {
    this.#deps = deps;
    const { clock } = deps;
    this.#rounds = new Rounds({ clock, intervalMs: AGAIN_MS, isCounted: false, run: (signal) => this.#ask(signal) });
  }

  connected(session: OpenDSession, accounts: readonly FutuAccount[]): void {
    this.#session = session;
    this.#accounts = accounts;
    this.#rounds.start(1);
  }

  disconnected(): void {
    this.#rounds.stop();
    this.#session = null;
    this.fault = null;
  }

  async #ask(signal: AbortSignal): Promise<boolean> {
    const { log, onState } = this.#deps;
    try {
      await this.#session!.ask(SUB_ACC_PUSH, { accIDList: this.#accounts.map(({ id }) => id) }, { signal });
      this.fault = null;
      onState();
      return true;
    } catch (fault) {
      if (!(fault instanceof OpenDFault)) throw fault;
      if (fault.kind === "lost") return false;
      if (this.fault !== fault.message) {
        log.write("WARN", "DATA", `OpenD does not tell of orders and fills as they happen: ${fault.message}`);
      }
      this.fault = fault.message;
      onState();
      return false;
    }
  }
}
