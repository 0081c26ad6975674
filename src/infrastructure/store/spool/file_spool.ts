/** The spool in files: `FOLDER/<database>/00000001.spool` and on, each a part of the queue that goes when it is emptied. */
import type { Log } from "../../../application/ports/log.ts";
import type { Spool, SpooledBatch, SpoolSize } from "../../../application/ports/spool.ts";
import { type StoreBatch, StoreFault } from "../../../application/ports/store.ts";
import { snapshotsAlone } from "../../../application/batch_rows.ts";
import { batchFrom, batchText } from "./batch_text.ts";
import { HEADER, recordLine, type RecordPlace, recordText } from "./record_line.ts";
import { beginFile, diskFault, readPart, replaceFile, writeThrough } from "./spool_disk.ts";
import { openFolder, type SpoolFolder } from "./spool_folder.ts";

export interface FileSpoolOptions {
  /** `data/spool` */
  readonly folder: string;
  /** What the store is and where, without credentials: each has a spool of its own. */
  readonly database: string;
  readonly maxBytes: number;
  readonly log: Log;
}

/** A file is rewritten or read anew as a whole at most. */
const SEGMENT_BYTES = 1_000_000;

interface Waiting extends RecordPlace {
  readonly id: number;
}

/** One file. */
interface Segment {
  readonly path: string;
  bytes: number;
  /** What was not removed. */
  waiting: Waiting[];
}

interface Opened {
  readonly folder: SpoolFolder;
  readonly segments: Segment[];
  /** The last segment, when it can be written on. */
  tail: Deno.FsFile | null;
}

export class FileSpool implements Spool {
  readonly #options: FileSpoolOptions;
  #opened: Opened | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #lastId = 0;
  #gaveWay = 0;
  #closed = false;

  /** Opens its files when they are first needed, and again when that failed. */
  constructor(options: FileSpoolOptions) {
    this.#options = options;
  }

  append(batch: StoreBatch): Promise<void> {
    return this.#inTurn("Cannot write to", async (spool) => {
      const snapshots = snapshotsAlone(batch);
      const line = recordLine(snapshots, batchText(batch));
      await this.#makeRoom(spool, line.length + HEADER.length);
      const segment = await this.#segmentFor(spool, line.length);
      await this.#extend(spool, segment, line);
      const place = { id: ++this.#lastId, snapshots, offset: segment.bytes, length: line.length };
      segment.bytes += line.length;
      segment.waiting.push(place);
    });
  }

  oldest(): Promise<SpooledBatch | null> {
    return this.#inTurn("Cannot read", async (spool) => {
      for (;;) {
        const segment = spool.segments[0];
        const place = segment?.waiting[0];
        if (segment === undefined || place === undefined) return null;
        const batch = readBatch(await readPart(segment.path, place.offset, place.length));
        if (batch !== null) return { id: place.id, batch };
        // It was whole when the file was opened, or written here: another hand was at it.
        const aside = await spool.folder.keepAside(segment.path);
        this.#options.log.write(
          "ERROR",
          "DATA",
          `A batch that waited in ${segment.path} cannot be read any more; ` +
            `the file is kept as ${aside}`,
        );
        await this.#drop(spool, segment, (other) => other.id === place.id);
      }
    });
  }

  remove(id: number): Promise<void> {
    return this.#inTurn("Cannot remove from", async (spool) => {
      const segment = spool.segments.find(({ waiting }) => waiting.some((place) => place.id === id));
      if (segment === undefined) return;
      segment.waiting = segment.waiting.filter((place) => place.id !== id);
      if (segment.waiting.length === 0) await this.#discard(spool, segment);
    });
  }

  size(): Promise<SpoolSize> {
    return this.#inTurn("Cannot open", ({ segments }) => {
      const batches = segments.reduce((sum, { waiting }) => sum + waiting.length, 0);
      return Promise.resolve({ batches, bytes: bytesOf(segments), gaveWay: this.#gaveWay });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#turn.catch(() => {});
    this.#opened?.tail?.close();
    this.#opened?.folder.close();
    this.#opened = null;
  }

  /** One after the other: a file is written from one place. */
  #inTurn<Result>(attempt: string, work: (spool: Opened) => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(async () => {
      const tried = `${attempt} the spool in ${this.#options.folder}`;
      if (this.#closed) throw new StoreFault("away", `${tried}: it was closed`);
      try {
        this.#opened ??= await this.#open();
        return await work(this.#opened);
      } catch (fault) {
        throw diskFault(tried, fault);
      }
    });
    this.#turn = result.catch(() => {});
    return result;
  }

  async #open(): Promise<Opened> {
    const { folder, database, log } = this.#options;
    const opened = await openFolder(folder, database, log);
    const segments = opened.found.map(({ path, bytes, records }) => ({
      path,
      bytes,
      waiting: records.map((place) => ({ ...place, id: ++this.#lastId })),
    }));
    return { folder: opened, segments, tail: null };
  }

  /** @throws {StoreFault} of kind `full` */
  async #makeRoom(spool: Opened, bytes: number): Promise<void> {
    while (bytesOf(spool.segments) + bytes > this.#options.maxBytes) {
      const oldest = spool.segments.find(({ waiting }) => waiting.some(({ snapshots }) => snapshots > 0));
      if (oldest === undefined) {
        throw new StoreFault(
          "full",
          `Cannot write to the spool in ${this.#options.folder}: it holds the ${this.#options.maxBytes} bytes that it ` +
            "may, and nothing in it may give way; bring the database back, or raise database.spool_max_bytes",
        );
      }
      this.#gaveWay += oldest.waiting.reduce((sum, { snapshots }) => sum + snapshots, 0);
      await this.#drop(spool, oldest, ({ snapshots }) => snapshots > 0);
    }
  }

  async #segmentFor(spool: Opened, bytes: number): Promise<Segment> {
    const last = spool.segments.at(-1);
    if (spool.tail !== null && last !== undefined && last.bytes + bytes <= SEGMENT_BYTES) return last;
    spool.tail?.close();
    spool.tail = null;
    const path = spool.folder.nextPath();
    spool.tail = await beginFile(path, new TextEncoder().encode(HEADER));
    const segment = { path, bytes: HEADER.length, waiting: [] };
    spool.segments.push(segment);
    return segment;
  }

  async #extend(spool: Opened, segment: Segment, line: Uint8Array): Promise<void> {
    try {
      await writeThrough(spool.tail!, line);
    } catch (fault) {
      // Half a line may be there: the next one goes into a new file, behind what this one is cut back to.
      spool.tail!.close();
      spool.tail = null;
      await Deno.truncate(segment.path, segment.bytes).catch(() => {});
      if (segment.waiting.length === 0) await this.#discard(spool, segment).catch(() => {});
      throw fault;
    }
  }

  /** Takes records out of the middle: the file is written anew without them. */
  async #drop(spool: Opened, segment: Segment, goes: (place: Waiting) => boolean): Promise<void> {
    const stays = segment.waiting.filter((place) => !goes(place));
    if (stays.length === 0) {
      segment.waiting = [];
      return await this.#discard(spool, segment);
    }
    this.#endTail(spool, segment);
    const bytes = await Deno.readFile(segment.path);
    const parts = [
      new TextEncoder().encode(HEADER),
      ...stays.map((p) => bytes.subarray(p.offset, p.offset + p.length)),
    ];
    await replaceFile(segment.path, joined(parts));
    let offset = HEADER.length;
    segment.waiting = stays.map((place) => {
      const moved = { ...place, offset };
      offset += place.length;
      return moved;
    });
    segment.bytes = offset;
  }

  async #discard(spool: Opened, segment: Segment): Promise<void> {
    this.#endTail(spool, segment);
    spool.segments.splice(spool.segments.indexOf(segment), 1);
    await Deno.remove(segment.path);
  }

  #endTail(spool: Opened, segment: Segment): void {
    if (spool.segments.at(-1) !== segment) return;
    spool.tail?.close();
    spool.tail = null;
  }
}

function readBatch(line: Uint8Array): StoreBatch | null {
  try {
    const text = recordText(line);
    return text === null ? null : batchFrom(text);
  } catch (fault) {
    if (fault instanceof SyntaxError) return null;
    throw fault;
  }
}

function bytesOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { bytes }) => sum + bytes, 0);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
