/** Whether the program can keep things in a folder. Leaves it as it was. */
import type { FolderState } from "../../application/doctor/places.ts";

const OWNER_ONLY = 0o700;
const OTHERS = 0o077;
const PROBE = ".apex-doctor";

export function folderState(folder: string): FolderState {
  let isNew = false;
  try {
    isNew = madeIfMissing(folder);
    const { isDirectory, mode } = Deno.statSync(folder);
    if (!isDirectory) return { kind: "refused", reason: "it is no folder" };
    Deno.writeTextFileSync(`${folder}/${PROBE}`, "");
    Deno.removeSync(`${folder}/${PROBE}`);
    return { kind: "writable", isNew, isOpenToOthers: !isNew && mode !== null && (mode & OTHERS) !== 0 };
  } catch (fault) {
    return { kind: "refused", reason: reasonOf(fault) };
  } finally {
    if (isNew) Deno.removeSync(folder);
  }
}

function madeIfMissing(folder: string): boolean {
  try {
    Deno.mkdirSync(folder, { mode: OWNER_ONLY });
    return true;
  } catch (fault) {
    if (fault instanceof Deno.errors.AlreadyExists) return false;
    throw fault;
  }
}

function reasonOf(fault: unknown): string {
  if (fault instanceof Deno.errors.NotCapable) {
    return "this program was built to write only into data/ of the working folder";
  }
  if (fault instanceof Deno.errors.PermissionDenied) return "the system refuses it to this user";
  return fault instanceof Error ? fault.message : String(fault);
}
