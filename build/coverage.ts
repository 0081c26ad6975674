/**
 * Turns the raw coverage in coverage/raw into coverage/lcov.info and a report under coverage/html, prints the files
 * with the most lines that no test runs, and fails when the tests run too few of the lines of src/.
 */
const RAW = "coverage/raw";
const LCOV = "coverage/lcov.info";
const HTML = "coverage/html";
/** Percent of the lines of src/ that the tests must run. */
const REQUIRED = 85;
const LISTED = 10;

interface FileCoverage {
  readonly path: string;
  readonly lines: number;
  readonly run: number;
}

/** Reads the `SF`, `LF` and `LH` lines of an lcov report. */
function filesOf(lcov: string): FileCoverage[] {
  return lcov.split("end_of_record").flatMap((record) => {
    const field = (name: string) => new RegExp(`^${name}:(.*)$`, "m").exec(record)?.[1];
    const path = field("SF");
    return path === undefined ? [] : [{ path, lines: Number(field("LF")), run: Number(field("LH")) }];
  });
}

function deno(...args: string[]): void {
  const { success } = new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "null", stderr: "inherit" })
    .outputSync();
  if (!success) throw new Error(`Cannot report coverage: deno ${args.join(" ")} failed; run the tests first`);
}

/** A process that was killed while it wrote leaves a file in half, which would cost the whole report. Gives how many there were. */
export function dropUnfinished(folder: string): number {
  let dropped = 0;
  for (const { name, isFile } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (!isFile || !name.endsWith(".json") || isFinished(path)) continue;
    Deno.removeSync(path);
    dropped++;
  }
  return dropped;
}

function isFinished(path: string): boolean {
  using file = Deno.openSync(path);
  const { size } = file.statSync();
  if (size === 0) return false;
  const last = new Uint8Array(1);
  file.seekSync(size - 1, Deno.SeekMode.Start);
  file.readSync(last);
  return "}]\n".includes(String.fromCharCode(last[0]!));
}

if (import.meta.main) {
  const dropped = dropUnfinished(RAW);
  if (dropped > 0) console.log(`  left out ${dropped} files of processes that were killed while they wrote them`);
  const root = new URL("../", import.meta.url);
  const source = `--include=^${new URL("src/", root).href}`;
  deno("coverage", "--quiet", "--lcov", `--output=${LCOV}`, source, RAW);
  deno("coverage", "--quiet", "--html", source, RAW);
  publishHtml();
  const files = filesOf(Deno.readTextFileSync(LCOV));
  const lines = files.reduce((sum, file) => sum + file.lines, 0);
  const run = files.reduce((sum, file) => sum + file.run, 0);
  const reached = 100 * run / lines;
  const worst = files.filter((file) => file.run < file.lines).sort((a, b) => b.lines - b.run - (a.lines - a.run));
  for (const file of worst.slice(0, LISTED)) {
    console.log(`  ${file.path.replace(root.pathname, "")}: ${file.lines - file.run} of ${file.lines} lines never run`);
  }
  console.log(`coverage: ${reached.toFixed(1)} % of ${lines} lines of src/; required: ${REQUIRED} %; report: ${HTML}`);
  // Also when there is nothing to measure: no number is not above the bar.
  if (!(reached >= REQUIRED)) Deno.exit(1);
}

/** The report comes out beside the raw data; it moves where people look for it. */
function publishHtml(): void {
  try {
    Deno.removeSync(HTML, { recursive: true });
  } catch (fault) {
    if (!(fault instanceof Deno.errors.NotFound)) throw fault;
  }
  Deno.renameSync(`${RAW}/html`, HTML);
}
