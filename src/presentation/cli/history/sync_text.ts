/** `apex history sync`: how far history was read. */
import type { SyncStream } from "../../../application/history_report/sync_streams.ts";
import type { SyncWindowRecord } from "../../../application/ports/store_records.ts";
import { count } from "../../format.ts";
import { type Column, instantCell } from "./column.ts";
import { fittedTable } from "./fitted_table.ts";
import type { HistoryLook } from "./look.ts";

/** In files the streams and their failed windows are rows of one kind, told apart by `record`. */
export type SyncRow =
  | { readonly record: "stream"; readonly stream: SyncStream; readonly window: null }
  | { readonly record: "failedWindow"; readonly stream: SyncStream; readonly window: SyncWindowRecord };

export function syncRows(streams: readonly SyncStream[]): SyncRow[] {
  return streams.flatMap((stream): SyncRow[] => [
    { record: "stream", stream, window: null },
    ...stream.failed.map((window): SyncRow => ({ record: "failedWindow", stream, window })),
  ]);
}

export function syncColumns(): Column<SyncRow>[] {
  return [
    { key: "record", value: (row) => row.record },
    { key: "broker", value: ({ stream }) => stream.state.broker },
    { key: "account", value: ({ stream }) => stream.state.account },
    { key: "dataType", value: ({ stream }) => stream.state.dataType },
    { key: "market", value: ({ stream }) => stream.state.market },
    { key: "status", value: ({ stream, window }) => window?.status ?? stream.state.status },
    { key: "watermark", value: ({ stream, window }) => window === null ? instantCell(stream.state.watermark) : null },
    { key: "windowsDone", value: ({ stream, window }) => window === null ? stream.done : null },
    { key: "windowsFailed", value: ({ stream, window }) => window === null ? stream.failed.length : null },
    { key: "rows", value: ({ stream, window }) => window?.rows ?? stream.rows },
    { key: "from", value: ({ window }) => instantCell(window?.from ?? null) },
    { key: "to", value: ({ window }) => instantCell(window?.to ?? null) },
    { key: "attempts", value: ({ window }) => window?.attempts ?? null },
    { key: "error", value: ({ stream, window }) => window === null ? stream.state.error : window.error },
    { key: "updatedAt", value: ({ stream, window }) => instantCell((window ?? stream.state).updatedAt) },
  ];
}

/** The streams, then the windows that failed. */
export function syncText(streams: readonly SyncStream[], look: HistoryLook): string {
  const failed = syncRows(streams).flatMap((row) => row.window === null ? [] : [row.window]);
  const heading = `${count(streams.length, "stream")}. Times in ${look.zone}.\n`;
  const parts = [heading + fittedTable(streamColumns(look), streams, { width: look.width })];
  if (failed.length > 0) {
    parts.push(
      `${count(failed.length, "window")} failed; apex backfill reads them again.\n` +
        fittedTable(windowColumns(look), failed, { width: look.width }),
    );
  }
  return parts.join("\n");
}

function streamColumns(look: HistoryLook): Column<SyncStream>[] {
  const words = (title: string, rank: number, text: (row: SyncStream) => string) =>
    column(title, { title, text, words: true, rank });
  return [
    words("Broker", 5, ({ state }) => state.broker),
    words("Account", 0, ({ state }) => look.account(state.account)),
    words("Data", 0, ({ state }) => state.dataType),
    words("Market", 6, ({ state }) => state.market),
    words("Status", 0, ({ state }) => state.status),
    words("Complete until", 0, ({ state }) => state.watermark === null ? "--" : look.time(state.watermark)),
    column("done", { title: "Done", text: (row: SyncStream) => String(row.done), rank: 3 }),
    column("failed", { title: "Failed", text: (row: SyncStream) => String(row.failed.length), rank: 2 }),
    column("rows", { title: "Rows", text: (row: SyncStream) => look.format.quantity(row.rows), rank: 4 }),
    words("Updated", 7, ({ state }) => look.time(state.updatedAt)),
    column("error", {
      title: "Error",
      text: ({ state }: SyncStream) => look.text(state.error ?? ""),
      wraps: true,
      rank: 1,
    }),
  ];
}

function windowColumns(look: HistoryLook): Column<SyncWindowRecord>[] {
  const words = (title: string, rank: number, text: (row: SyncWindowRecord) => string) =>
    column(title, { title, text, words: true, rank });
  return [
    words("Account", 1, (row) => look.account(row.account)),
    words("Data", 2, (row) => row.dataType),
    words("From", 0, (row) => look.time(row.from)),
    words("To", 0, (row) => look.time(row.to)),
    column("attempts", { title: "Tries", text: (row: SyncWindowRecord) => String(row.attempts), rank: 0 }),
    column("error", {
      title: "Reason",
      text: (row: SyncWindowRecord) => look.text(row.error ?? "not said"),
      wraps: true,
      rank: 0,
    }),
  ];
}

function column<Row>(key: string, shown: NonNullable<Column<Row>["shown"]>): Column<Row> {
  return { key, value: () => null, shown };
}
