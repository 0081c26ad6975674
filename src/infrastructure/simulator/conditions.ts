/** What is wrong with the simulated gateway at the moment. Times are monotonic milliseconds. */
import type { Clock } from "../../application/ports/clock.ts";
import type { Listed } from "./listing.ts";

export class Conditions {
  /** False between 1100 and its end: the gateway has lost IB. */
  connected = true;
  readonly farmsDown = new Set<string>();
  #frozenUntil = -1;
  #idsTakenUntil = -1;
  #competingUntil = -1;

  constructor(readonly clock: Clock) {}

  freeze(seconds: number): void {
    this.#frozenUntil = this.clock.monotonic() + seconds * 1000;
  }

  takeIds(seconds: number): void {
    this.#idsTakenUntil = this.clock.monotonic() + seconds * 1000;
  }

  compete(seconds: number): void {
    this.#competingUntil = this.clock.monotonic() + seconds * 1000;
  }

  /** Sockets are open and nothing moves. */
  get frozen(): boolean {
    return this.clock.monotonic() < this.#frozenUntil;
  }

  /** Every client id counts as taken. */
  get idsTaken(): boolean {
    return this.clock.monotonic() < this.#idsTakenUntil;
  }

  /** Another login has the market data. */
  get competing(): boolean {
    return this.clock.monotonic() < this.#competingUntil;
  }

  /** Whether a contract's quotes can flow. */
  flows(listed: Listed): boolean {
    return this.connected && !this.farmsDown.has(listed.spec.farm);
  }
}
