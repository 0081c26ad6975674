/**
 * Questions to a worker, and its answers. The worker is started with the first question; one that breaks, or answers
 * nothing for too long, is ended and another takes its place with the next question, after a pause that grows.
 */
import type { Clock } from "../../../application/ports/clock.ts";
import type { WorkerConnection } from "../../../application/ports/host.ts";
import type { Log } from "../../../application/ports/log.ts";
import { StoreFault } from "../../../application/ports/store.ts";
import type { StoredBook } from "../../../application/ports/store_records.ts";
import type { FromStoreWorker, StoreWork, ToStoreWorker } from "./messages.ts";

export interface WorkerCallsPorts {
  start(): WorkerConnection;
  readonly work: StoreWork;
  readonly clock: Clock;
  readonly log: Log;
  /** The store's own time-outs come first. */
  readonly limitMs: number;
}

export type Asked = DistributiveOmit<Extract<ToStoreWorker, { id: number }>, "id">;
type DistributiveOmit<Union, Key extends keyof Union> = Union extends unknown ? Omit<Union, Key> : never;

/** The first answer may have to wait for a file to be brought up to date. */
const OPENING_LIMIT_MS = 300_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** A stuck thread goes on burning a core after its end: there must not be many of them. */
const PAUSE_AFTER_STUCK = 20;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (fault: StoreFault) => void;
  readonly cancel: () => void;
}

interface Running {
  readonly connection: WorkerConnection;
  /** Until it is ready. */
  held: ToStoreWorker[] | null;
  opened: boolean;
}

export class WorkerCalls {
  /** Of the store, as the worker gave it last. */
  description: string;
  /** What the store was claimed for; one that is begun anew in place of a damaged one is claimed as well. */
  book: StoredBook | null = null;
  readonly #ports: WorkerCallsPorts;
  readonly #waiting = new Map<number, Waiting>();
  #running: Running | null = null;
  #lastId = 0;
  #failures = 0;
  #notBefore = -Infinity;
  #trouble = "";

  constructor(description: string, ports: WorkerCallsPorts) {
    this.description = description;
    this.#ports = ports;
  }

  newId(): number {
    return ++this.#lastId;
  }

  /** @throws {StoreFault} as the store does; `away` when the worker broke, `timeout` when it did not answer */
  ask(asked: Asked, id: number = this.newId()): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const running = this.#worker();
      if (running === null) return reject(this.#away());
      const limitMs = running.opened ? this.#ports.limitMs : Math.max(this.#ports.limitMs, OPENING_LIMIT_MS);
      const cancel = this.#ports.clock.after(limitMs, () => this.#stuck(running, limitMs));
      this.#waiting.set(id, { resolve, reject, cancel });
      try {
        this.#send(running, { ...asked, id } as ToStoreWorker);
      } catch (cause) {
        // A value that cannot be copied.
        this.#take(id);
        reject(new StoreFault("rejected", `Cannot hand this to ${this.description}: ${String(cause)}`, cause));
      }
    });
  }

  /** Without an answer. */
  tell(message: ToStoreWorker): void {
    if (this.#running !== null) this.#send(this.#running, message);
  }

  /** Ends the worker; what still waits is rejected. */
  end(): void {
    this.#end(new StoreFault("away", `Cannot use ${this.description}: it was closed`));
  }

  get started(): boolean {
    return this.#running !== null;
  }

  #worker(): Running | null {
    if (this.#running !== null) return this.#running;
    if (this.#ports.clock.monotonic() < this.#notBefore) return null;
    try {
      const connection = this.#ports.start();
      const first: ToStoreWorker = { kind: "work", work: this.#ports.work, book: this.book };
      const running: Running = { connection, held: [first], opened: false };
      this.#running = running;
      connection.onMessage((message) => this.#hear(running, message as FromStoreWorker));
      connection.onFailure((words) => this.#broken(running, `The store's worker broke: ${words}`, 1));
      return running;
    } catch (fault) {
      const words = fault instanceof Error ? fault.message : String(fault);
      this.#pause(`The store's worker cannot be started: ${words}`, 1);
      return null;
    }
  }

  #send(running: Running, message: ToStoreWorker): void {
    if (running.held !== null) running.held.push(message);
    else running.connection.post(message);
  }

  #hear(running: Running, message: FromStoreWorker): void {
    if (running !== this.#running) return;
    switch (message.kind) {
      case "ready": {
        const held = running.held ?? [];
        running.held = null;
        for (const waiting of held) running.connection.post(waiting);
        return;
      }
      case "opened":
        running.opened = true;
        this.description = message.description;
        return;
      case "note":
        this.#ports.log.write(message.level, "DATA", message.message);
        return;
      case "answer":
        this.#failures = 0;
        this.#take(message.id)?.resolve(message.value);
        return;
      case "fault":
        this.#take(message.id)?.reject(new StoreFault(message.fault.kind, message.fault.message));
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    waiting?.cancel();
    this.#waiting.delete(id);
    return waiting;
  }

  #stuck(running: Running, limitMs: number): void {
    const words = `The store's worker has not answered for ${Math.round(limitMs / 1000)} s and was ended`;
    this.#broken(running, words, PAUSE_AFTER_STUCK, "timeout");
  }

  #broken(running: Running, words: string, pauseFactor: number, kind: "away" | "timeout" = "away"): void {
    if (running !== this.#running) return;
    this.#pause(words, pauseFactor);
    this.#end(new StoreFault(kind, this.#away().message));
  }

  #pause(words: string, factor: number): void {
    const pauseMs = factor * Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures++;
    this.#notBefore = this.#ports.clock.monotonic() + pauseMs;
    this.#trouble = words;
    this.#ports.log.write("WARN", "SYSTEM", `${words}; it is started anew`, { pauseMs });
  }

  #away(): StoreFault {
    return new StoreFault("away", `Cannot use ${this.description}: ${this.#trouble}; it is started anew`);
  }

  #end(fault: StoreFault): void {
    this.#running?.connection.terminate();
    this.#running = null;
    for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(fault);
  }
}
