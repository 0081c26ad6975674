/**
 * Writes what an earlier run left in the spool, before the store is read for a new run: else the new one would start from
 * what the store had hours before that, open breaches a second time and tell changes of holdings twice.
 */
import type { Spool } from "./ports/spool.ts";
import type { Store } from "./ports/store.ts";
import type { StoredBook } from "./ports/store_records.ts";

/**
 * In their order, for as long as it is not over. A batch that the store does not take whole, and all behind it, stay for the
 * writer of the run.
 *
 * @param book whose the spool is; a store that nobody has claimed is claimed for it
 * @returns how many batches were written
 * @throws {StoreFault} as the store and the spool do
 */
export async function writeLeftBehind(
  spool: Pick<Spool, "oldest" | "remove">,
  store: Pick<Store, "claim" | "write">,
  book: StoredBook,
  isOver: () => boolean,
): Promise<number> {
  let written = 0;
  for (let oldest = await spool.oldest(); oldest !== null && !isOver(); oldest = await spool.oldest()) {
    if (written === 0) await store.claim(book);
    await store.write(oldest.batch);
    await spool.remove(oldest.id);
    written++;
  }
  return written;
}
