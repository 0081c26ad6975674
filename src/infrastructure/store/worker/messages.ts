/** What the store's worker and the isolate that uses it say to each other. */
import type { LogLevel } from "../../../application/ports/log.ts";
import type { Store, StoreFaultKind } from "../../../application/ports/store.ts";
import type { StoredBook } from "../../../application/ports/store_records.ts";
import type { Settings } from "../../../application/settings.ts";

/** Which store the worker is to open, once it is needed. */
export interface StoreWork {
  readonly settings: Settings["database"];
  /** Bring it up to date where that is not done by itself. */
  readonly autoMigrate: boolean;
  /** After which a server that can do so by itself drops snapshots. */
  readonly retentionDays: number;
}

/** The methods that are a question and one answer. */
export type Question = Exclude<keyof Store, "description" | "fills" | "close">;

export type ToStoreWorker =
  /** Sent first, once the worker has said that it is ready. `book`: what was claimed of an earlier worker's store. */
  | { readonly kind: "work"; readonly work: StoreWork; readonly book: StoredBook | null }
  | { readonly kind: "ask"; readonly id: number; readonly method: Question; readonly args: readonly unknown[] }
  /** The first page of fills, or, with null and the id of the first, the next; after the last one the answer is null. */
  | { readonly kind: "page"; readonly id: number; readonly args: Parameters<Store["fills"]> | null }
  /** Nobody reads on. */
  | { readonly kind: "enough"; readonly id: number }
  | { readonly kind: "close"; readonly id: number };

export type FromStoreWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "opened"; readonly description: string }
  | { readonly kind: "note"; readonly level: LogLevel; readonly message: string }
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "fault"; readonly id: number; readonly fault: PostedFault };

/** A `StoreFault` on its way; its cause, which may hold anything, stays behind. */
export interface PostedFault {
  readonly kind: StoreFaultKind;
  readonly message: string;
}
