/**
 * The monitor's side of the control channel. Whatever connects costs little and waits for nothing of the monitor's: answers
 * are made from the last published snapshot, in pieces, as fast as they are read.
 *
 * Eight connections at once; one that has not shown the token within three seconds is closed, and gives way to a newcomer when
 * there is no room, so that strangers cannot keep out who has it.
 */
import { type Clock, every } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { ByteStream, StreamEvents } from "../ports/network.ts";
import type { Environment } from "../settings.ts";
import { Conversation } from "./conversation.ts";
import { ControlFault, faultLine, isSameSecret, type Request, welcomeLine } from "./protocol.ts";
import { RequestRate } from "./request_rate.ts";

export const MOST_CONNECTIONS = 8;
export const HELLO_WITHIN_MS = 3_000;
export const IDLE_MS = 30_000;
export const REQUESTS_PER_SECOND = 50;
const LOOK_MS = 500;

export interface ControlServerNeeds {
  readonly token: string;
  /** What the welcome carries. */
  readonly proof: string;
  readonly env: Environment;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Rejects with a `ControlFault` for what cannot be answered. */
  answer(request: Request): Promise<unknown>;
}

export class ControlServer {
  readonly #needs: ControlServerNeeds;
  readonly #rate: RequestRate;
  readonly #open = new Set<Conversation>();
  /** Turned away, and not gone yet. */
  readonly #leaving = new Set<Conversation>();
  readonly #stopLooking: () => void;
  /** Hellos with another token than ours, or none. */
  refused = 0;

  constructor(needs: ControlServerNeeds) {
    this.#needs = needs;
    this.#rate = new RequestRate(REQUESTS_PER_SECOND, needs.clock);
    this.#stopLooking = every(needs.clock, LOOK_MS, () => this.#closeSilent());
  }

  get connections(): number {
    return this.#open.size;
  }

  /** Owns the stream from here on. */
  accept(stream: ByteStream): StreamEvents {
    const { clock } = this.#needs;
    const conversation: Conversation = new Conversation({
      stream,
      clock,
      rate: this.#rate,
      welcome: (token) => this.#welcome(token),
      answer: (request) => this.#answer(request),
      onEnd: () => {
        this.#open.delete(conversation);
        this.#leaving.delete(conversation);
      },
    });
    if (this.#open.size < MOST_CONNECTIONS || this.#makeRoom()) this.#open.add(conversation);
    else this.#turnAway(conversation);
    return conversation;
  }

  /** Ends every conversation. Whoever listens is to stop accepting before. */
  close(): void {
    this.#stopLooking();
    for (const conversation of [...this.#open, ...this.#leaving]) conversation.end();
  }

  /** The welcome for the right token; for another one the refusal, counted and logged. */
  #welcome(token: string | null): { readonly line: string; readonly welcome: boolean } {
    const { token: ours, proof, env, version, log } = this.#needs;
    if (token !== null && isSameSecret(token, ours)) {
      return { line: welcomeLine({ proof, env, version }), welcome: true };
    }
    this.refused++;
    log.write("WARN", "SYSTEM", "Refused a connection to the control channel: it did not show the token");
    const fault = new ControlFault("token-refused", "This monitor has another token: read its file anew");
    return { line: faultLine(null, fault), welcome: false };
  }

  async #answer(request: Request): Promise<unknown> {
    try {
      return await this.#needs.answer(request);
    } catch (fault) {
      if (fault instanceof ControlFault) throw fault;
      this.#needs.log.write("ERROR", "SYSTEM", `Cannot answer ${request.method} on the control channel: ${fault}`);
      throw new ControlFault("failed", `The monitor cannot answer ${request.method}: its log says why`);
    }
  }

  #turnAway(conversation: Conversation): void {
    this.#leaving.add(conversation);
    conversation.refuse(faultLine(null, new ControlFault("busy", "Too many commands ask at once: try again")));
    const [first] = this.#leaving;
    if (this.#leaving.size > MOST_CONNECTIONS) first?.end();
  }

  /** The stranger who has been there longest goes. */
  #makeRoom(): boolean {
    for (const conversation of this.#open) {
      if (conversation.isWelcome) continue;
      conversation.end();
      return true;
    }
    return false;
  }

  #closeSilent(): void {
    const now = this.#needs.clock.monotonic();
    for (const conversation of [...this.#open]) {
      const { isWelcome, startedAt, activeAt } = conversation;
      const isOver = isWelcome ? now - activeAt >= IDLE_MS : now - startedAt >= HELLO_WITHIN_MS;
      if (isOver) conversation.end();
    }
  }
}
