/** What a command line asks for. */
import type { ConfigurationChoice, LocalRequest, Wish } from "../../application/command.ts";

/** What the program can find out about where it is run, before it reads the command line. */
export interface Surroundings {
  /** Standard output is a terminal that can place a cursor. */
  readonly terminal: boolean;
  /** The terminal allows colours (NO_COLOR is not set). */
  readonly color: boolean;
  readonly version: string;
  /** Standard error is a terminal whose line can be drawn over. */
  readonly errorTerminal?: boolean;
  /** Of the terminal; null or left out where standard output is none. */
  readonly columns?: number | null;
}

export type Invocation =
  | {
    readonly kind: "run";
    readonly wish: Wish;
    readonly configuration: ConfigurationChoice;
  }
  /** What is done on the spot, without a worker. */
  | { readonly kind: "local"; readonly request: LocalRequest; readonly configuration: ConfigurationChoice }
  /** Text for standard output, and nothing to run: help, the version. */
  | { readonly kind: "print"; readonly text: string }
  /** The words make no sense; the text for standard error says why, and what would. */
  | { readonly kind: "misused"; readonly text: string };
