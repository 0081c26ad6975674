/** Files in memory for tests of whoever reads through a function. */

/** A reader over these files: `NotFound` for the others, an `Error` value is thrown as it is. */
export function memoryFiles(files: Readonly<Record<string, string | Uint8Array | Error>>) {
  return (path: string, limit: number): Uint8Array => {
    const file = files[path];
    if (file === undefined) throw new Deno.errors.NotFound(path);
    if (file instanceof Error) throw file;
    const bytes = typeof file === "string" ? new TextEncoder().encode(file) : file;
    return bytes.slice(0, limit + 1);
  };
}
