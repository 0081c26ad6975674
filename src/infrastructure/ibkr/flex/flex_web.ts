/** Older history from the Flex web service, a quarter of a year at a time. */
import { brokerDay } from "../../../application/backfill/coverage.ts";
import type {
  BackfillPlan,
  BackfillRange,
  BackfillSource,
  BackfillWindow,
  KnownHistory,
  PastItem,
  Reading,
} from "../../../application/backfill/source.ts";
import type { StatementService } from "../../../application/ports/statements.ts";
import { isoDate } from "../../../domain/calendar/date.ts";
import { pastStatements } from "./past_statements.ts";
import { saveStatement } from "./save_statement.ts";
import { bytesSource, fileSource, type StatementSource } from "./statement_source.ts";
import { statementWindows } from "./statement_windows.ts";

export const FLEX_WEB = "flex-web";
/** A dry run writes no file, so the statement is held in memory. */
const MOST_HELD_BYTES = 48 * 1024 * 1024;

export interface FlexWebOptions {
  readonly service: StatementService;
  readonly queryId: string;
  /** Where a statement lies while it is read. Not among the files that were downloaded by hand. */
  readonly folder: string;
}

export class FlexWeb implements BackfillSource {
  readonly broker = "IB";
  readonly title = "IB Flex web service";
  readonly dataType = FLEX_WEB;
  readonly continues = [];
  readonly #options: FlexWebOptions;

  constructor(options: FlexWebOptions) {
    this.#options = options;
  }

  async plan(range: BackfillRange, known: KnownHistory): Promise<BackfillPlan> {
    const recorded = await known.windows(known.scope, FLEX_WEB);
    const state = await known.state(known.scope, FLEX_WEB);
    const { spans, skipped } = statementWindows(range, recorded, state?.watermark ?? null);
    const windows = spans.map((span) => {
      const { from, to } = daysOf(span);
      return { title: from === to ? from : `${from} to ${to}`, dataType: FLEX_WEB, ...span };
    });
    return { windows, skipped, remarks: [] };
  }

  async *read(window: BackfillWindow, reading: Reading): AsyncGenerator<PastItem> {
    const { service, queryId } = this.#options;
    const days = daysOf(window);
    const bytes = await service.download({ queryId, days }, reading.signal);
    const name = `of ${window.title}`;
    if (reading.dryRun) {
      const source = await held(bytes);
      return yield* checkedDays(pastStatements(source, { name, bytes: null }, reading), window);
    }
    const path = await this.#path(`${queryId}-${days.from}-${days.to}.xml`);
    try {
      const length = await saveStatement(bytes, path);
      yield* checkedDays(pastStatements(fileSource(path), { name, bytes: length }, reading), window);
    } finally {
      await Deno.remove(path).catch(() => {});
    }
  }

  async #path(name: string): Promise<string> {
    const { folder } = this.#options;
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    return `${folder}/${name}`;
  }
}

/** A query that does not heed the days it is asked for gives the same ones again and again. */
async function* checkedDays(items: AsyncIterable<PastItem>, { from, to, title }: BackfillWindow) {
  for await (const item of items) {
    if (item.kind === "covers" && (item.to <= from || item.from >= to)) {
      const told = daysOf(item);
      throw new Error(
        `The statement covers ${told.from} to ${told.to}, not the days asked for (${title}): ` +
          "use an Activity Flex query, whose days can be chosen",
      );
    }
    yield item;
  }
}

function daysOf({ from, to }: { readonly from: number; readonly to: number }) {
  return { from: isoDate(brokerDay(from)), to: isoDate(brokerDay(to) - 1) };
}

async function held(bytes: AsyncIterable<Uint8Array>): Promise<StatementSource> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bytes) {
    length += piece.length;
    if (length > MOST_HELD_BYTES) {
      throw new RangeError(
        `The statement is larger than ${MOST_HELD_BYTES} bytes, which a dry run, writing no file, does not hold: ` +
          "leave --dry-run out, or ask for fewer days",
      );
    }
    pieces.push(piece.slice());
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return bytesSource(whole);
}
