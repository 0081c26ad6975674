/** `apex init`: what a fresh box needs, from the files that the program carries. */
import { CannotMake, makeFolder, type NewFile, writeNewFile } from "../infrastructure/files/new_files.ts";
import { initReport } from "../presentation/cli/init_report.ts";
import type { Printed } from "../presentation/cli/local_command.ts";

const CONFIG_FILES = ["base.yaml", "risk_config.yaml", "dev.yaml", "prod.yaml", "demo.yaml"];
const DATA_FOLDERS = ["data", "data/positions", "data/flex", "data/logs"];
/** The example stands beside the configuration that the program carries, since a book that is kept is nobody else's. */
const EXAMPLE = { embedded: "config/examples/manual.yaml", path: "data/positions/manual.yaml" };
/** What is held is nobody else's business; the configuration has no secrets in it. */
const OWNER_FOLDER = 0o700;
const OWNER_FILE = 0o600;
const SHARED_FOLDER = 0o755;
const SHARED_FILE = 0o644;

/**
 * @param directory where the configuration goes; null: `config`
 * @param root in front of every path, with its slash; empty: the working folder
 */
export function writeFirstConfiguration(
  directory: string | null,
  embedded: (path: string) => string,
  root = "",
): Promise<Printed> {
  const folder = (directory ?? "config").replace(/(?<=.)\/+$/, "");
  const made: NewFile[] = [];
  const makeAt = (path: string, mode: number) => ({ ...makeFolder(root + path, mode), path });
  const writeAt = (path: string, text: string, mode: number) => ({ ...writeNewFile(root + path, text, mode), path });
  const steps: (() => NewFile)[] = [
    () => makeAt(folder, SHARED_FOLDER),
    ...CONFIG_FILES.map((name) => () => writeAt(`${folder}/${name}`, embedded(`config/${name}`), SHARED_FILE)),
    ...DATA_FOLDERS.map((path) => () => makeAt(path, OWNER_FOLDER)),
    () => writeAt(EXAMPLE.path, embedded(EXAMPLE.embedded), OWNER_FILE),
  ];
  try {
    for (const step of steps) made.push(step());
  } catch (fault) {
    if (!(fault instanceof CannotMake)) throw fault;
    return Promise.resolve({ text: initReport(made, folder, false), remarks: `apex: ${fault.message}\n`, code: 1 });
  }
  return Promise.resolve({ text: initReport(made, folder, true), remarks: "", code: 0 });
}
