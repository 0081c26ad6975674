/** Makes files and folders that are not there yet, and never changes one that is. */

/** What became of one of them. */
export interface NewFile {
  readonly path: string;
  readonly outcome: "written" | "there already";
}

/** A file or folder could not be made. */
export class CannotMake extends Error {
  override readonly name = "CannotMake";
  constructor(path: string, cause: unknown) {
    super(`Cannot make ${path}: ${obstacle(cause)}`, { cause });
  }
}

/**
 * Makes the folder, and those above it, with this mode.
 *
 * @throws {CannotMake}
 */
export function makeFolder(path: string, mode: number): NewFile {
  try {
    if (isFolder(path)) return { path, outcome: "there already" };
    Deno.mkdirSync(path, { recursive: true, mode });
    return { path, outcome: "written" };
  } catch (fault) {
    throw new CannotMake(path, fault);
  }
}

/**
 * Writes a file that is not there yet, whole or not at all.
 *
 * @throws {CannotMake}
 */
export function writeNewFile(path: string, text: string, mode: number): NewFile {
  try {
    const file = Deno.openSync(path, { write: true, createNew: true, mode });
    try {
      const bytes = new TextEncoder().encode(text);
      for (let sent = 0; sent < bytes.length;) sent += file.writeSync(bytes.subarray(sent));
    } catch (fault) {
      Deno.removeSync(path);
      throw fault;
    } finally {
      file.close();
    }
    return { path, outcome: "written" };
  } catch (fault) {
    if (fault instanceof Deno.errors.AlreadyExists) return { path, outcome: "there already" };
    throw new CannotMake(path, fault);
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (fault) {
    if (fault instanceof Deno.errors.NotFound) return false;
    throw fault;
  }
}

function obstacle(fault: unknown): string {
  if (fault instanceof Deno.errors.NotCapable) {
    return "this program was built to write only into config/ and data/ of the working folder; start it in the folder " +
      "that is to hold them";
  }
  if (fault instanceof Deno.errors.PermissionDenied) {
    return "the system refuses to let this user write there; check the owner and mode of the folder, or use another one";
  }
  if (fault instanceof Deno.errors.AlreadyExists || fault instanceof Deno.errors.NotADirectory) {
    return "a file of that name is in the way; move it aside";
  }
  return `${fault instanceof Error ? fault.message : String(fault)}; check the disk and the folder, and start it again`;
}
