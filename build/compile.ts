/**
 * Builds dist/apex: bundles the program into a few files, each loaded when it is needed, which makes a smaller
 * executable that starts faster, and compiles them with the permissions it will have for good.
 *
 * APEX_ALLOW_NET adds hosts to those it may reach, APEX_ALLOW_NET_ONLY replaces them. DENORT_BIN names the runtime to
 * build on where it cannot be downloaded.
 */
import { networkList } from "./network_list.ts";

const STAGE = "dist/stage";
const ENTRY = `${STAGE}/main.js`;
/** Folders that the program reads from inside itself, laid beside the bundle as they lie beside main.ts. */
const EMBEDDED = ["config", "migrations"];
const EXECUTABLE = "dist/apex";
/** With --with-empty: a program that does nothing on the same runtime, to measure start-up against. */
const EMPTY_SOURCE = `${STAGE}/empty.js`;
const EMPTY_PROGRAM = "dist/empty";

/** Everything not named here (other programs, native libraries, the system's details, prompts) is refused. */
function compileFlags(net: readonly string[]): string[] {
  return [
    "--no-prompt",
    "--unstable-worker-options",
    // Old space: far more than a book of 100,000 positions takes; a leak ends in an error instead of a machine that
    // swaps. Young space: left alone it grows to 16 MB twice over under load and keeps 500 positions at 191 MB resident
    // instead of 145; the price is a turn that is up to a fifth slower at 10,000 positions, unmeasurable at 500.
    "--v8-flags=--max-old-space-size=512,--max-semi-space-size=8",
    `--allow-net=${net.join(",")}`,
    "--allow-read=config,data,/etc/apex",
    "--allow-write=data,config",
    "--allow-env=APEX_*,NO_COLOR,TERM,COLORTERM,LANG,LC_ALL,LC_CTYPE",
    "--ignore-env",
  ];
}

function deno(...args: string[]): void {
  const { success, code } = new Deno.Command(Deno.execPath(), {
    args,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).outputSync();
  if (!success) throw new Error(`deno ${args[0]} ended with code ${code}; what it said is above`);
}

function build(): void {
  const net = networkList({
    allowNet: Deno.env.get("APEX_ALLOW_NET"),
    allowNetOnly: Deno.env.get("APEX_ALLOW_NET_ONLY"),
  });
  removeStage();
  deno("bundle", "--quiet", "--code-splitting", "--outdir", STAGE, "main.ts");
  for (const folder of EMBEDDED) copyFolder(folder, `${STAGE}/${folder}`);
  deno("compile", "--quiet", ...compileFlags(net), `--include=${STAGE}`, "--output", EXECUTABLE, ENTRY);
  if (Deno.args.includes("--with-empty")) {
    Deno.writeTextFileSync(EMPTY_SOURCE, "");
    deno("compile", "--quiet", "--no-prompt", "--output", EMPTY_PROGRAM, EMPTY_SOURCE);
  }
  const megabytes = (Deno.statSync(EXECUTABLE).size / 1e6).toFixed(1);
  console.log(`${EXECUTABLE}: ${megabytes} MB; may reach ${net.join(", ")}`);
}

function removeStage(): void {
  try {
    Deno.removeSync(STAGE, { recursive: true });
  } catch (fault) {
    if (!(fault instanceof Deno.errors.NotFound)) throw fault;
  }
}

function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const entry of Deno.readDirSync(from)) {
    if (entry.isDirectory) copyFolder(`${from}/${entry.name}`, `${to}/${entry.name}`);
    else Deno.copyFileSync(`${from}/${entry.name}`, `${to}/${entry.name}`);
  }
}

if (import.meta.main) {
  try {
    build();
  } catch (fault) {
    if (!(fault instanceof Error)) throw fault;
    console.error(`compile: ${fault.message}`);
    Deno.exit(fault instanceof RangeError ? 2 : 1);
  }
}
