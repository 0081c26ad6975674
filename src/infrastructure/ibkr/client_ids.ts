/** Under which client id a session with TWS is asked for. */

/** TWS frees an id seconds after its connection dropped: the same one is tried this often before the next. */
const TRIES_PER_ID = 3;

/** The ids that may be used: `first` and those after it, `count` in all. */
export class ClientIds {
  #offset = 0;
  #refusals = 0;

  constructor(readonly first: number, readonly count: number) {}

  get current(): number {
    return this.first + this.#offset;
  }

  /** IBKR 326: the id is in use. */
  refused(): void {
    this.#refusals++;
    if (this.#refusals % TRIES_PER_ID === 0) this.#offset = (this.#offset + 1) % Math.max(1, this.count);
  }

  accepted(): void {
    this.#refusals = 0;
  }
}
