/** The worker's side: opens the store when it is first needed, and does what it is asked. */
import type { Clock } from "../../../application/ports/clock.ts";
import type { MessageLink } from "../../../application/ports/host.ts";
import { type Store, StoreFault, type StoreFaultKind } from "../../../application/ports/store.ts";
import type { StoredBook } from "../../../application/ports/store_records.ts";
import type { FromStoreWorker, PostedFault, StoreWork, ToStoreWorker } from "./messages.ts";

export interface OpenedStore {
  readonly store: Store;
  /** What was noticed on the way and belongs in the log. */
  readonly notes: readonly string[];
  /** Whether what was opened is still what is to be written into; without it nobody can take it away unnoticed. */
  readonly isInPlace?: () => boolean;
}

export type OpenStore = (work: StoreWork) => Promise<OpenedStore>;

/** A store that could not be opened is not tried again sooner. */
const REOPEN_MS = 2_000;
/** After these it is opened anew: the file may have been replaced, or brought up to date. */
const OPEN_ANEW: readonly StoreFaultKind[] = ["away", "damaged", "outdated", "read-only"];

/** Listens, then says that it is ready. */
export function serveStore(link: MessageLink, clock: Clock, open: OpenStore): void {
  const server = new StoreServer((message) => link.post(message), clock, open);
  link.onMessage((message) => server.hear(message as ToStoreWorker));
  link.post({ kind: "ready" } satisfies FromStoreWorker);
}

class StoreServer {
  readonly #post: (message: FromStoreWorker) => void;
  readonly #clock: Clock;
  readonly #open: OpenStore;
  readonly #pages = new Map<number, AsyncIterator<unknown>>();
  readonly #underWay = new Set<Promise<void>>();
  #work: StoreWork | null = null;
  #book: StoredBook | null = null;
  #store: Promise<Store> | null = null;
  #isInPlace = (): boolean => true;
  /** The last attempt to open it came to nothing. */
  #failed = false;
  #triedAt = -Infinity;
  #closed = false;

  constructor(post: (message: FromStoreWorker) => void, clock: Clock, open: OpenStore) {
    this.#post = post;
    this.#clock = clock;
    this.#open = open;
  }

  hear(message: ToStoreWorker): void {
    switch (message.kind) {
      case "work":
        this.#work = message.work;
        this.#book = message.book;
        return;
      case "ask":
        return this.#answer(message.id, () => this.#ask(message));
      case "page":
        return this.#answer(message.id, () => this.#page(message.id, message.args));
      case "enough":
        // Whoever reads no further waits for nothing.
        void this.#pages.get(message.id)?.return?.().catch(() => {});
        this.#pages.delete(message.id);
        return;
      case "close":
        return this.#answer(message.id, () => this.#close());
    }
  }

  #answer(id: number, work: () => Promise<unknown>): void {
    const underWay = work().then(
      (value) => this.#post({ kind: "answer", id, value }),
      (thrown) => {
        const fault = posted(thrown);
        if (OPEN_ANEW.includes(fault.kind)) this.#letGo();
        this.#post({ kind: "fault", id, fault });
      },
    ).finally(() => this.#underWay.delete(underWay));
    this.#underWay.add(underWay);
  }

  async #ask({ method, args }: Extract<ToStoreWorker, { kind: "ask" }>): Promise<unknown> {
    const store = await this.#opened();
    if (method === "write" && !this.#isInPlace()) {
      const what = "its file was deleted, moved or replaced while it was open; it is opened anew";
      throw new StoreFault("away", `Cannot write to ${store.description}: ${what}`);
    }
    const call = store[method] as (...args: readonly unknown[]) => Promise<unknown>;
    const answer = await call.apply(store, [...args]);
    if (method === "claim") this.#book = args[0] as StoredBook;
    return answer;
  }

  /** The next page; null after the last. */
  async #page(id: number, args: Parameters<Store["fills"]> | null): Promise<unknown> {
    const pages = args === null ? this.#pages.get(id) : (await this.#opened()).fills(...args)[Symbol.asyncIterator]();
    if (pages === undefined) throw new StoreFault("away", "Cannot read on: the store was opened anew meanwhile");
    this.#pages.set(id, pages);
    try {
      const { done, value } = await pages.next();
      if (done !== true) return value;
    } catch (fault) {
      this.#pages.delete(id);
      throw fault;
    }
    this.#pages.delete(id);
    return null;
  }

  #opened(): Promise<Store> {
    if (this.#closed) return Promise.reject(new StoreFault("away", "Cannot use the store: it was closed"));
    const now = this.#clock.monotonic();
    if (this.#store !== null && !(this.#failed && now - this.#triedAt >= REOPEN_MS)) return this.#store;
    this.#triedAt = now;
    this.#failed = false;
    this.#store = this.#openNow();
    this.#store.catch(() => this.#failed = true);
    return this.#store;
  }

  async #openNow(): Promise<Store> {
    if (this.#work === null) throw new StoreFault("away", "Cannot open the store: nobody has said which");
    const { store, notes, isInPlace = () => true } = await this.#open(this.#work).catch((thrown) => {
      throw openingFault(thrown);
    });
    for (const message of notes) this.#post({ kind: "note", level: "WARN", message });
    await this.#claimAgain(store);
    this.#isInPlace = isInPlace;
    this.#post({ kind: "opened", description: store.description });
    return store;
  }

  /** A file that was begun anew is nobody's yet. */
  async #claimAgain(store: Store): Promise<void> {
    if (this.#book === null) return;
    try {
      await store.claim(this.#book);
    } catch (fault) {
      await store.close();
      throw fault;
    }
  }

  /** What is still under way in it comes to its end. */
  #letGo(): void {
    const letGo = this.#store;
    if (letGo === null || this.#failed || this.#clock.monotonic() - this.#triedAt < REOPEN_MS) return;
    this.#store = null;
    letGo.then((store) => store.close()).catch((fault) =>
      this.#post({ kind: "note", level: "DEBUG", message: posted(fault).message })
    );
  }

  async #close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#underWay);
    if (this.#store === null || this.#failed) return;
    await (await this.#store).close();
  }
}

/** It says nothing about the rows that were to be written: none of them may be given up for it. */
function openingFault(thrown: unknown): StoreFault {
  const { kind, message } = posted(thrown);
  return new StoreFault(kind === "rejected" ? "away" : kind, message, thrown);
}

/** An error that is no fault of the store is the program's own, about what it was given: the same again would fail again. */
function posted(thrown: unknown): PostedFault {
  if (thrown instanceof StoreFault) return { kind: thrown.kind, message: thrown.message };
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  const refused = thrown instanceof Error && (thrown.name === "NotCapable" || thrown.name === "UsageError");
  return { kind: refused ? "refused" : "rejected", message: refused ? words : `The store's worker failed: ${words}` };
}
