/** Keeps a fetched statement in a file, since a statement is read twice and may be larger than memory. */

export class StatementTooLarge extends Error {
  override readonly name = "StatementTooLarge";
}

/**
 * Writes to a file beside the target, for its owner alone, and puts it in place when it is whole; whatever goes wrong, the
 * part that was written is taken away and an older file stays. Gives the bytes written.
 *
 * @throws {StatementTooLarge} above `mostBytes`
 * @throws the system's error, and the one of whoever gives the bytes
 */
export async function saveStatement(
  bytes: AsyncIterable<Uint8Array>,
  path: string,
  mostBytes = 1024 ** 3,
): Promise<number> {
  const part = `${path}.part`;
  let length = 0;
  await removeIfThere(part);
  // Made anew: a part that an earlier run left, or a link in its place, could be read by others.
  const file = await Deno.open(part, { write: true, createNew: true, mode: 0o600 });
  try {
    try {
      for await (const piece of bytes) {
        length += piece.length;
        if (length > mostBytes) {
          throw new StatementTooLarge(
            `Cannot keep a statement of more than ${mostBytes} bytes: query fewer days at a time`,
          );
        }
        for (let from = 0; from < piece.length;) from += await file.write(piece.subarray(from));
      }
      await file.sync();
    } finally {
      file.close();
    }
    await Deno.rename(part, path);
    return length;
  } catch (fault) {
    await removeIfThere(part);
    throw fault;
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (fault) {
    if (!(fault instanceof Deno.errors.NotFound)) throw fault;
  }
}
