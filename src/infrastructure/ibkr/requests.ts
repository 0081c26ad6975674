/**
 * Requests to TWS on the current connection: paced, numbered, and each with an owner who hears of its errors.
 *
 * Numbers are never used twice, not even across connections, so a late answer cannot be taken for another's.
 */
import type { IBApi } from "@stoqey/ib/dist/api/api.js";
import type { Pacer, Priority, Queued } from "./pacing.ts";

export interface RequestOwner {
  /** IBKR answered this request with a message code. */
  onMessage(requestId: number, code: number, text: string): void;
}

const FIRST_ID = 1_001;

export class Requests {
  readonly #owners = new Map<number, RequestOwner>();
  #api: IBApi | null = null;
  #nextId = FIRST_ID;

  constructor(readonly pacer: Pacer) {}

  get connected(): boolean {
    return this.#api !== null;
  }

  attach(api: IBApi): void {
    this.#api = api;
  }

  /** Forgets everything under way: the connection it was asked on is gone. */
  detach(): void {
    this.#api = null;
    this.#owners.clear();
    this.pacer.clear();
  }

  /** A new number whose messages go to `owner`. */
  open(owner: RequestOwner): number {
    const id = this.#nextId++;
    this.#owners.set(id, owner);
    return id;
  }

  close(id: number): void {
    this.#owners.delete(id);
  }

  ownerOf(id: number): RequestOwner | null {
    return this.#owners.get(id) ?? null;
  }

  /**
   * Sends when the pace allows, on the connection of now and no other. Null when it was not taken: no connection, or the
   * queue is full.
   */
  send(priority: Priority, call: (api: IBApi) => void): Queued | null {
    const api = this.#api;
    if (api === null) return null;
    return this.pacer.submit(priority, () => {
      if (this.#api === api) call(api);
    });
  }

  /** Past the queue, for the probe of a silent link. Counted against the pace. */
  sendAtOnce(call: (api: IBApi) => void): void {
    if (this.#api === null) return;
    this.pacer.count();
    call(this.#api);
  }
}
