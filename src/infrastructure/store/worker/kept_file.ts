/** Whether the file that a store has open is still the one that stands under its name. */

/**
 * Of a file that is open: false once it was deleted, moved away or replaced. What is written into it from then on is nowhere
 * to be found, and the system reports no error.
 */
export function keptFile(file: string): () => boolean {
  const opened = identityOf(file);
  return () => identityOf(file) === opened;
}

/** Null when there is no such file. */
function identityOf(file: string): string | null {
  try {
    const { dev, ino } = Deno.statSync(file);
    return `${dev} ${ino}`;
  } catch (fault) {
    if (fault instanceof Deno.errors.NotFound) return null;
    throw fault;
  }
}
