/** What stands above a table of a monitor's answer, or of what was stored instead. */
import type { AnswerHead } from "../../../application/control/monitor_control.ts";
import { wrapped } from "../../terminal/frame.ts";
import type { HistoryLook } from "../history/look.ts";

/** `demo SIMULATED COMPLETE as of 2026-11-20 10:30:45 EST`, and the reasons where it is anything but complete. */
export function liveHead(head: AnswerHead, look: HistoryLook): string {
  const asOf = Date.parse(head.asOf);
  const time = `${look.format.isoDateTime(asOf)} ${look.format.zoneAbbreviation(asOf)}`;
  const first = `${head.env}${head.simulated ? " SIMULATED" : ""} ${head.status.toUpperCase()} as of ${time}`;
  const reasons = head.status === "complete" ? [] : head.statusReasons.map((reason) => `- ${look.text(reason)}`);
  return lines([first, ...reasons], look);
}

/** @param obstacle why there is nothing live */
export function storedHead(obstacle: string, look: HistoryLook): string {
  return lines([`NOT LIVE, from the store: ${obstacle}`], look);
}

function lines(texts: readonly string[], { width }: HistoryLook): string {
  return texts.flatMap((text) => wrapped(text, width)).map((line) => `${line}\n`).join("");
}
