/**
 * Commands that need neither settings nor a network nor a worker: they compute and print, in the process that understood the
 * command line. Each is loaded when it is asked for.
 */
import type { LocalRequest } from "../../application/command.ts";
import type { EpochMs } from "../../domain/time.ts";

/** What a local command leaves behind. */
export interface Printed {
  /** For standard output. */
  readonly text: string;
  /** For standard error: what the reader must know about the text; empty when there is nothing. */
  readonly remarks: string;
  /** 0 done; 1 not all of what was asked for could be given; 2 the words make no sense together. */
  readonly code: 0 | 1 | 2;
}

/** @param now the wall clock's reading; a request made with `--now` has its own */
export async function runLocalCommand(request: LocalRequest, now: EpochMs): Promise<Printed> {
  switch (request.command) {
    case "calendar": {
      const { printCalendar } = await import("./calendar_rows.ts");
      return await printCalendar(request, request.now ?? now);
    }
  }
}
