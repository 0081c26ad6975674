/**
 * The control channel's files: `data/run/control-{env}.json`, one for each environment, so that a live monitor and a demo can
 * run in one folder. Readable by their owner alone, in a folder that is: that is what keeps other users out.
 */
import type { ControlFile, Finding } from "../../application/control/control_file.ts";
import { isSecret } from "../../application/control/protocol.ts";
import type { Environment } from "../../application/settings.ts";
import { NotAPlainFile, readBounded } from "../files/bounded_read.ts";
import { isMissing } from "../files/refusal.ts";

export const RUN_FOLDER = "data/run";
const SCHEMA = "apex.control-file/1";
const ENVIRONMENTS: readonly Environment[] = ["dev", "prod", "demo"];
const MAX_BYTES = 4_096;
const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;
const OTHERS = 0o077;

/** The file cannot be kept from others, or not be written at all. */
export class ControlFileRefused extends Error {
  override readonly name = "ControlFileRefused";
}

export function controlPath(env: Environment, folder = RUN_FOLDER): string {
  return `${folder}/control-${env}.json`;
}

/**
 * Writes it beside and moves it into place. What another run left there goes.
 *
 * @throws {ControlFileRefused} with the remedy
 */
export function writeControlFile(file: ControlFile, folder = RUN_FOLDER): void {
  const path = controlPath(file.env, folder);
  const beside = `${path}.${file.pid}.new`;
  try {
    makePrivate(folder);
    removeIfThere(beside);
    const handle = Deno.openSync(beside, { write: true, createNew: true, mode: OWNER_ONLY });
    try {
      const bytes = new TextEncoder().encode(JSON.stringify({ schema: SCHEMA, ...file }) + "\n");
      for (let written = 0; written < bytes.length;) written += handle.writeSync(bytes.subarray(written));
    } finally {
      handle.close();
    }
    Deno.renameSync(beside, path);
  } catch (fault) {
    if (fault instanceof ControlFileRefused) throw fault;
    const reason = fault instanceof Error ? fault.message : String(fault);
    throw new ControlFileRefused(`Cannot write ${path}: ${reason}; the folder must be this user's own`);
  }
}

/** Removes it if it is still the one of this run: another monitor may have put its own there. */
export function removeControlFile({ env, token }: Pick<ControlFile, "env" | "token">, folder = RUN_FOLDER): void {
  const found = findControlFile(env, folder);
  if (found.kind === "found" && found.file.token === token) removeIfThere(controlPath(env, folder));
}

/** What is there for that environment. */
export function findControlFile(env: Environment, folder = RUN_FOLDER): Finding {
  const path = controlPath(env, folder);
  const unusable = (obstacle: string): Finding => ({ kind: "unusable", obstacle: `Cannot use ${path}: ${obstacle}` });
  let bytes: Uint8Array;
  try {
    const { isSymlink, mode } = Deno.lstatSync(path);
    if (isSymlink) return unusable("it is a link; remove it and start the monitor anew");
    if (mode !== null && (mode & OTHERS) !== 0) {
      return unusable("other users can read it; remove it and start the monitor anew");
    }
    bytes = readBounded(path, MAX_BYTES);
  } catch (fault) {
    if (isMissing(fault)) return { kind: "absent", others: othersIn(env, folder) };
    if (fault instanceof NotAPlainFile) return unusable(fault.message);
    if (fault instanceof Deno.errors.PermissionDenied) {
      return unusable("it belongs to the user that runs the monitor; run this command as that user");
    }
    return unusable(fault instanceof Error ? fault.message : String(fault));
  }
  const file = bytes.length > MAX_BYTES ? null : parse(new TextDecoder().decode(bytes));
  if (file === null || file.env !== env) return unusable("it is damaged; remove it and start the monitor anew");
  return { kind: "found", file };
}

/** Made for its owner alone; one that is there already is made so. */
function makePrivate(folder: string): void {
  // The folders above it are not this channel's alone.
  const above = folder.slice(0, folder.lastIndexOf("/"));
  if (above !== "") Deno.mkdirSync(above, { recursive: true });
  Deno.mkdirSync(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
  const { isDirectory, mode } = Deno.lstatSync(folder);
  if (!isDirectory) throw new ControlFileRefused(`Cannot use ${folder}: it is a link or a file; remove it`);
  if (mode !== null && (mode & OTHERS) !== 0) Deno.chmodSync(folder, OWNER_ONLY_FOLDER);
}

function othersIn(env: Environment, folder: string): Environment[] {
  return ENVIRONMENTS.filter((other) => other !== env && isThere(controlPath(other, folder)));
}

function isThere(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch {
    // Missing, or another user's: neither is one to be pointed to.
    return false;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (fault) {
    if (!isMissing(fault)) throw fault;
  }
}

/** Null when the text is not what this program wrote. */
function parse(text: string): ControlFile | null {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // A SyntaxError: cut short, or another hand was at it.
    return null;
  }
  if (typeof content !== "object" || content === null) return null;
  const { schema, env, port, token, proof, pid, startedAt } = content as Readonly<Record<string, unknown>>;
  const known = ENVIRONMENTS.find((one) => one === env);
  if (schema !== SCHEMA || known === undefined || !isSecret(token) || !isSecret(proof)) return null;
  if (!isWithin(port, 65_535) || !isWithin(pid, 2 ** 31)) return null;
  if (typeof startedAt !== "string" || Number.isNaN(Date.parse(startedAt))) return null;
  return { env: known, port, token, proof, pid, startedAt };
}

function isWithin(value: unknown, most: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= most;
}
