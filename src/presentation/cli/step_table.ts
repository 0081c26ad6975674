/** Migrations and the steps of an extension, each with what is to be said of it. */
import { type Migration, named } from "../../application/migrations.ts";
import type { Column } from "./history/column.ts";
import { fittedTable } from "./history/fitted_table.ts";

export interface Step {
  readonly step: Pick<Migration, "number" | "name">;
  /** `applied`, `pending`, `would be applied`. */
  readonly state: string;
}

/** Lines, each with its end; empty without a step. */
export function stepTable(heading: string, steps: readonly Step[]): string {
  return steps.length === 0 ? "" : fittedTable(columns(heading), steps, { width: WIDE_ENOUGH });
}

/** Names are short: it fits every terminal. */
const WIDE_ENOUGH = 1_000;

function columns(heading: string): Column<Step>[] {
  const words = (title: string, text: (row: Step) => string): Column<Step> => {
    return { key: title, value: () => null, shown: { title, text, words: true, rank: 0 } };
  };
  return [words(heading, ({ step }) => named(step)), words("State", ({ state }) => state)];
}
