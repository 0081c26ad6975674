/** What `apex config` prints. */
import type { ConfigRequest } from "../../application/command.ts";
import type { Column } from "./history/column.ts";
import { fileRows } from "./history/file_rows.ts";
import { fittedTable } from "./history/fitted_table.ts";

/** One setting as it is shown; secrets are masked already. */
export interface ShownSetting {
  readonly key: string;
  readonly value: string;
  readonly unit: string;
  readonly origin: string;
}

/** One fault as it is shown; secrets are masked already. */
export interface ShownFault {
  readonly source: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly key: string;
  readonly problem: string;
  readonly found: string | null;
  readonly allowed: string | null;
  readonly nearest: string | null;
}

/** Whoever filters the lines wants each setting on one, whole. */
const WITHOUT_TERMINAL = 10_000;
const NARROWEST = 40;

export async function settingsText(
  settings: readonly ShownSetting[],
  { output, width }: Pick<ConfigRequest, "output" | "width">,
): Promise<string> {
  if (output === "table") {
    return fittedTable(COLUMNS, settings, { width: Math.max(NARROWEST, width ?? WITHOUT_TERMINAL) });
  }
  const parts: string[] = [];
  for await (const part of fileRows(COLUMNS, [settings], output)) parts.push(part);
  return parts.join("");
}

const COLUMNS: readonly Column<ShownSetting>[] = [
  { key: "key", value: ({ key }) => key, shown: { title: "Setting", text: ({ key }) => key, words: true, rank: 0 } },
  {
    key: "value",
    value: ({ value }) => value,
    shown: { title: "Value", text: ({ value }) => value, wraps: true, rank: 0 },
  },
  { key: "unit", value: ({ unit }) => unit, shown: { title: "Unit", text: ({ unit }) => unit, words: true, rank: 2 } },
  {
    key: "origin",
    value: ({ origin }) => origin,
    shown: { title: "From", text: ({ origin }) => origin, words: true, rank: 1 },
  },
];

/** @param files those that were read, in their order */
export function soundText(files: readonly string[], output: ConfigRequest["output"]): string {
  if (output === "json") return faultsJson([]);
  return files.length === 0
    ? "No fault; there is no configuration file, so the built-in defaults hold.\n"
    : `No fault in ${files.join(", ")}.\n`;
}

export function faultsJson(faults: readonly ShownFault[]): string {
  return `${JSON.stringify(faults, null, 2)}\n`;
}

/** @param variables `APEX_*` names that are no setting */
export function ignoredText(variables: readonly string[]): string {
  return variables.map((name) => `apex: the environment variable ${name} is no setting and was left aside\n`).join("");
}
