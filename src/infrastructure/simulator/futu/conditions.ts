/** What is wrong with the simulated OpenD at the moment. */
export class OpenDConditions {
  /** Sockets are open and nothing moves. */
  frozen = false;
  /** Every counted message is refused as too frequent. */
  limited = false;
  /** Requests whose connection is cut instead of an answer, by message. */
  readonly #dropsLeft = new Map<number, number>();

  constructor(public loggedIn: boolean) {}

  dropBeforeReply(protoId: number, times: number): void {
    this.#dropsLeft.set(protoId, times);
  }

  /** Whether this request is one to be dropped; it is then counted off. */
  takeDrop(protoId: number): boolean {
    const left = this.#dropsLeft.get(protoId) ?? 0;
    if (left > 0) this.#dropsLeft.set(protoId, left - 1);
    return left > 0;
  }
}
