/** A command that needs neither settings nor a network nor a worker: it computes and prints. */
import type { CalendarRequest } from "../../application/command.ts";
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
export async function runLocalCommand(request: CalendarRequest, now: EpochMs): Promise<Printed> {
  const { printCalendar } = await import("./calendar_rows.ts");
  return printCalendar(request, request.now ?? now);
}
