/** What `apex breaches` prints. */
import type { BreachesAnswer } from "../../../application/control/monitor_control.ts";
import type { BreachRecord } from "../../../application/ports/store_records.ts";
import type { BreachView } from "../../../domain/risk/snapshot.ts";
import { isoInstant } from "../../../domain/time.ts";
import { age, count } from "../../format.ts";
import type { Column } from "../history/column.ts";
import { fittedTable } from "../history/fitted_table.ts";
import type { HistoryLook } from "../history/look.ts";
import { liveHead, storedHead } from "./answer_head.ts";

export interface OpenBreachRow extends BreachView {
  /** False: what was stored, as of `asOf`. */
  readonly live: boolean;
  /** ISO; of what was stored, when the breach last changed. */
  readonly asOf: string;
}

export function liveBreaches({ asOf, breaches }: BreachesAnswer): OpenBreachRow[] {
  return breaches.map((breach) => ({ live: true, asOf, ...breach }));
}

export function storedBreaches(records: readonly BreachRecord[]): OpenBreachRow[] {
  return records.map(({ transition, breach: { limit, severity, state, since, acknowledgement } }) => ({
    ...{ live: false, asOf: isoInstant(transition.at), id: limit.id, rule: limit.rule, scope: limit.scope },
    ...{ severity, state, value: limit.value, limit: limit.limit, utilization: limit.utilization },
    ...{ since: isoInstant(since), message: transition.message },
    acknowledgedAt: acknowledgement === null ? null : isoInstant(acknowledgement.at),
    acknowledgedBy: acknowledgement?.by ?? null,
    note: acknowledgement?.note ?? null,
  }));
}

/** For how long each is open counts to `asOf`: of what was stored, when it last changed. */
export function openBreachColumns(look: HistoryLook): Column<OpenBreachRow>[] {
  const words = (title: string, rank: number, text: (row: OpenBreachRow) => string, wraps = false) => ({
    ...{ title, text, words: true, rank, wraps },
  });
  const plain = (key: "live" | "asOf" | "rule" | "scope" | "value" | "limit" | "acknowledgedAt") => ({
    key,
    value: (row: OpenBreachRow) => row[key],
  });
  return [
    plain("live"),
    plain("asOf"),
    { key: "severity", value: (row) => row.severity, shown: words("State", 0, stateWords) },
    { key: "state", value: (row) => row.state },
    { key: "id", value: (row) => row.id, shown: words("Id", 0, (row) => look.text(row.id)) },
    plain("rule"),
    plain("scope"),
    plain("value"),
    plain("limit"),
    {
      key: "utilization",
      value: (row) => row.utilization,
      shown: { title: "Used", text: (row) => look.format.used(row.utilization), rank: 2 },
    },
    {
      key: "since",
      value: (row) => row.since,
      shown: { title: "For", text: (row) => age(Date.parse(row.asOf) - Date.parse(row.since)), rank: 3 },
    },
    {
      key: "message",
      value: (row) => row.message,
      shown: words("Message", 1, (row) => look.text(row.message), true),
    },
    plain("acknowledgedAt"),
    {
      key: "acknowledgedBy",
      value: (row) => row.acknowledgedBy,
      shown: words("Seen by", 4, (row) => row.acknowledgedBy ?? ""),
    },
    { key: "note", value: (row) => row.note, shown: words("Note", 5, (row) => look.text(row.note ?? ""), true) },
  ];
}

export function liveBreachText(answer: BreachesAnswer, look: HistoryLook): string {
  return liveHead(answer, look) + breachTable(liveBreaches(answer), look) + hint(answer);
}

export function storedBreachText(records: readonly BreachRecord[], obstacle: string, look: HistoryLook): string {
  const rows = storedBreaches(records);
  const last = records.reduce<number | null>((newest, { transition: { at } }) => Math.max(newest ?? at, at), null);
  const asOf = last === null
    ? ""
    : `The last of these changes was stored ${look.time(last)} ${look.format.zoneAbbreviation(last)}.\n`;
  return storedHead(obstacle, look) + asOf + breachTable(rows, look);
}

/**
 * The id that was meant, by what the list shows of it: where accounts are masked, that is not all of it. What fits none, or
 * several, stays as it is.
 */
export function meantBreach({ breaches }: BreachesAnswer, wanted: string, look: HistoryLook): string {
  const shown = breaches.filter(({ id }) => look.text(id) === wanted);
  return shown.length === 1 && !breaches.some(({ id }) => id === wanted) ? shown[0]!.id : wanted;
}

/** What was noted, as the monitor's next snapshot has it. */
export function notedText(breach: BreachView | null, id: string, look: HistoryLook): string {
  if (breach === null) return `${look.text(id)} has cleared meanwhile: there is nothing left to acknowledge.\n`;
  if (breach.acknowledgedBy === null) return `Taken back: ${look.text(breach.message)} is ${breach.state} again.\n`;
  const note = breach.note === null ? "" : `, with the note: ${look.text(breach.note)}`;
  return `Acknowledged by ${breach.acknowledgedBy}${note}.\n${look.text(breach.message)}\n`;
}

/** `hard open`, `soft ack`. */
function stateWords({ severity, state }: OpenBreachRow): string {
  return `${severity} ${state === "acknowledged" ? "ack" : state}`;
}

function breachTable(rows: readonly OpenBreachRow[], look: HistoryLook): string {
  if (rows.length === 0) return "No breach is open.\n";
  return `${count(rows.length, "breach", "breaches")} open.\n` +
    fittedTable(openBreachColumns(look), rows, { width: look.width });
}

function hint({ breaches }: BreachesAnswer): string {
  const isUnseen = breaches.some(({ state }) => state !== "acknowledged");
  return isUnseen ? "Seen one? apex breaches ack ID --note TEXT\n" : "";
}
