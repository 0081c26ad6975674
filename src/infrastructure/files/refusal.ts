/** Says in a sentence why a file could not be read, and what to do. */

/** Folders that the executable was built to read; under `deno run` the flags decide. */
const READABLE = "config/ and data/ under the working directory and /etc/apex";

/** True when there simply is no such file. */
export function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

/** What stood in the way of reading and the remedy, without a stack. */
export function readRefusal(error: unknown): string {
  if (isMissing(error)) return "there is no such file: check the path, relative to the working directory";
  if (error instanceof Deno.errors.NotCapable) {
    return `this program may not read it: it was built to read ${READABLE} (--allow-read); move the file there`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return "the system refuses to let this user read it: check the owner and mode of the file and its folders";
  }
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder: name a file";
  return `reading failed: ${error instanceof Error ? error.message : String(error)}`;
}
