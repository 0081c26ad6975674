/** Reads small files without ever waiting on a pipe or filling memory. */

export class NotAPlainFile extends Error {
  override readonly name = "NotAPlainFile";
}

/**
 * The first `limit + 1` bytes of a plain file: whoever gets more than `limit` knows that it is too large.
 *
 * @throws {NotAPlainFile} for a folder, pipe or device, which could block for ever
 * @throws the system's error when the file is missing or refused
 */
export function readBounded(path: string, limit: number): Uint8Array {
  if (!Deno.statSync(path).isFile) throw new NotAPlainFile("it is not a plain file: name a text file");
  const file = Deno.openSync(path, { read: true });
  try {
    const bytes = new Uint8Array(limit + 1);
    let length = 0;
    while (length < bytes.length) {
      const read = file.readSync(bytes.subarray(length));
      if (read === null || read === 0) break;
      length += read;
    }
    return bytes.slice(0, length);
  } finally {
    file.close();
  }
}
