/** Where the bytes of a statement come from. They are read twice, so a source can be opened more than once. */

/**
 * Opens at the first byte each time. Pieces may be cut anywhere, within a character too; one is good until the next is asked
 * for, and then its memory is used again.
 */
export type StatementSource = () => AsyncIterable<Uint8Array>;

/** A file is read in pieces of this size, so that a large one never stands in memory. */
const CHUNK_BYTES = 64 * 1024;

/** A plain file. Errors of the system (missing, refused) reach the reader as they are. */
export function fileSource(path: string): StatementSource {
  return async function* () {
    const file = await Deno.open(path, { read: true });
    const piece = new Uint8Array(CHUNK_BYTES);
    try {
      for (;;) {
        const length = await file.read(piece);
        if (length === null) return;
        yield piece.subarray(0, length);
      }
    } finally {
      file.close();
    }
  };
}

/** A statement that is in memory already: what the web service answered, or text. */
export function bytesSource(content: Uint8Array | string): StatementSource {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return async function* () {
    for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
      yield await Promise.resolve(bytes.subarray(from, from + CHUNK_BYTES));
    }
  };
}
