/** Watches one request. */
import type { Clock } from "../../../application/ports/clock.ts";

/** Without a byte for this long a connection is given up. */
export const SILENCE_MS = 60_000;

/** Ends a request that is told to stop, or that says nothing for too long. */
export class SilenceWatch {
  readonly #clock: Clock;
  readonly #outer: AbortSignal;
  readonly #inner = new AbortController();
  #cancel: () => void;
  isSilent = false;

  constructor(clock: Clock, outer: AbortSignal) {
    this.#clock = clock;
    this.#outer = outer;
    outer.addEventListener("abort", this.#onAbort);
    if (outer.aborted) this.#onAbort();
    this.#cancel = this.#arm();
  }

  get signal(): AbortSignal {
    return this.#inner.signal;
  }

  get isAborted(): boolean {
    return this.#outer.aborted;
  }

  get reason(): unknown {
    return this.#outer.reason;
  }

  heard(): void {
    this.#cancel();
    this.#cancel = this.#arm();
  }

  stop(): void {
    this.#cancel();
    this.#outer.removeEventListener("abort", this.#onAbort);
  }

  readonly #onAbort = (): void => this.#inner.abort(this.#outer.reason);

  #arm(): () => void {
    return this.#clock.after(SILENCE_MS, () => {
      this.isSilent = true;
      this.#inner.abort(new Error("silence"));
    });
  }
}
