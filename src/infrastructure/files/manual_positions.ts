/**
 * Positions kept by hand in a YAML file, followed while the program runs.
 *
 * The file is looked at every `pollMs`. A changed file is read once two looks in a row find it the same, so that a
 * half-written one is not taken for the whole. A faulty edit, a refused read or a vanished moment changes nothing: the
 * last good positions stay and the source says why it is degraded.
 */
import type { Clock } from "../../application/ports/clock.ts";
import type { Feed, FeedSink } from "../../application/ports/feed.ts";
import type { Log } from "../../application/ports/log.ts";
import type { LinkStatus, PositionRow } from "../../domain/event.ts";
import { instrumentKey } from "../../domain/instrument.ts";
import { type Fault, faultText } from "../config/fault.ts";
import type { FileAccess, FileStamp } from "./file_access.ts";
import { type KnownContracts, resolveEntries } from "./manual_contracts.ts";
import { MANUAL_ACCOUNT, MANUAL_BOUNDS, type ManualEntry, readManualFile } from "./manual_entry.ts";
import { readRefusal } from "./refusal.ts";

export interface ManualPositionsDeps {
  readonly file: string;
  readonly pollMs: number;
  readonly sink: FeedSink;
  readonly clock: Clock;
  readonly log: Log;
  readonly access: FileAccess;
  readonly known: KnownContracts;
  /** Currency of entries that name none and match no known contract; null while it is not known. */
  readonly baseCurrency: () => string | null;
}

/** A changed file is looked at again after this long at most. */
const SETTLE_MS = 250;
/** Unchanged positions are confirmed this often, so that a live source is told from a dead one. */
const CONFIRM_MS = 60_000;

export class ManualPositions implements Feed {
  readonly #deps: ManualPositionsDeps;
  #cancel: () => void = () => {};
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  /** What was read last, faulty or not; null before the first look and while the file is missing. */
  #readStamp: FileStamp | null = null;
  /** A change seen once and not yet twice; `""` for a file that was gone at the last look. */
  #unsettled: FileStamp | "" | null = null;
  #entries: readonly ManualEntry[] = [];
  /** Why the file as it is now is not used; null when it is. */
  #refused: string | null = null;
  /** What entries in use cannot be matched; null when all are. */
  #unresolved: string | null = null;
  #missing = false;
  #looked = false;

  #resolvedFor = "";
  #ownKeys = new Set<string>();
  #accounts = new Set<string>();
  #rows: readonly PositionRow[] = [];
  #confirmedAt = Number.NEGATIVE_INFINITY;
  #link = "";

  constructor(deps: ManualPositionsDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#look();
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    return this.#looking;
  }

  #look(): void {
    this.#looking = this.#lookNow().then(() => {
      if (this.#stopped) return;
      const wait = this.#unsettled === null ? this.#deps.pollMs : Math.min(this.#deps.pollMs, SETTLE_MS);
      this.#cancel = this.#deps.clock.after(wait, () => this.#look());
    });
  }

  async #lookNow(): Promise<void> {
    try {
      const stamp = await this.#deps.access.stamp(this.#deps.file);
      if (this.#stopped) return;
      if (this.#settled(stamp)) await this.#take(stamp);
    } catch (error) {
      this.#refused = `${this.#deps.file}: ${readRefusal(error)}`;
      // Whatever stood in the way may pass without the file changing.
      this.#readStamp = null;
    }
    if (!this.#stopped) this.#publish();
  }

  /** True when there is something new to take: at the first look at once, later when seen twice. */
  #settled(stamp: FileStamp | null): boolean {
    const isNew = stamp === null ? !this.#missing : stamp !== this.#readStamp;
    if (!isNew) {
      this.#unsettled = null;
      return false;
    }
    const seen = stamp ?? "";
    if (this.#looked && this.#unsettled !== seen) {
      this.#unsettled = seen;
      return false;
    }
    this.#unsettled = null;
    return true;
  }

  async #take(stamp: FileStamp | null): Promise<void> {
    this.#looked = true;
    this.#missing = stamp === null;
    if (stamp === null) {
      this.#readStamp = null;
      this.#use([]);
      return;
    }
    const bytes = await this.#deps.access.read(this.#deps.file, MANUAL_BOUNDS.bytes);
    this.#readStamp = stamp;
    const read = readManualFile(bytes, this.#deps.file);
    const faults = read.faults.length > 0 ? read.faults : this.#resolve(read.entries).faults;
    if (faults.length > 0) this.#refused = summary(faults);
    else this.#use(read.entries);
  }

  #use(entries: readonly ManualEntry[]): void {
    // Until they are confirmed, what failed stands between, also when the rows are as before.
    if (this.#refused !== null) this.#confirmedAt = Number.NEGATIVE_INFINITY;
    this.#entries = entries;
    this.#refused = null;
    this.#resolvedFor = "";
  }

  #resolve(entries: readonly ManualEntry[]) {
    const { known, baseCurrency } = this.#deps;
    return resolveEntries(entries, { known, baseCurrency: baseCurrency(), ownKeys: this.#ownKeys });
  }

  /** Brings the sink to what is known now: rows when they changed or are due to be confirmed, then the link's state. */
  #publish(): void {
    const context = `${this.#deps.known.revision()}|${this.#deps.baseCurrency()}`;
    if (this.#resolvedFor !== context) {
      const { resolved, faults, waiting } = this.#resolve(this.#entries);
      // New contracts of a broker can make an entry ambiguous that was not: then the rows stay as they were.
      if (faults.length === 0) this.#place(resolved);
      const open = faults.length > 0 ? faults : waiting;
      this.#unresolved = open.length > 0 ? summary(open) : null;
      this.#resolvedFor = context;
    }
    const due = this.#deps.clock.monotonic() - this.#confirmedAt >= CONFIRM_MS;
    if (due && this.#refused === null) this.#pushRows();
    this.#announce(this.#refused ?? this.#unresolved);
  }

  #place(resolved: ReturnType<typeof resolveEntries>["resolved"]): void {
    const rows = resolved.map(({ entry, instrument, ownMaking }): PositionRow => {
      if (ownMaking) this.#ownKeys.add(instrumentKey(instrument));
      const { account, quantity, avgPrice } = entry;
      return { account, instrument: this.#deps.sink.instrument(instrument), quantity, avgPrice };
    });
    if (JSON.stringify(rows) === JSON.stringify(this.#rows)) return;
    this.#rows = rows;
    this.#confirmedAt = Number.NEGATIVE_INFINITY;
  }

  #pushRows(): void {
    // Accounts that the file named before are named again, so that rows taken out of it go.
    const named = this.#rows.map((row) => row.account);
    const accounts = new Set([MANUAL_ACCOUNT, ...this.#accounts, ...named]);
    this.#accounts = new Set(named);
    this.#confirmedAt = this.#deps.clock.monotonic();
    const at = this.#deps.clock.now();
    this.#deps.sink.push({ kind: "positions", source: "MANUAL", accounts: [...accounts], rows: this.#rows, at });
  }

  #announce(trouble: string | null): void {
    const { file, sink, clock, log } = this.#deps;
    const count = this.#rows.length === 1 ? "1 position" : `${this.#rows.length} positions`;
    const [status, detail]: [LinkStatus, string] = trouble !== null
      ? ["degraded", `${trouble}; ${count} in use`]
      : this.#missing
      ? ["off", `there is no ${file}: no manual positions`]
      : ["up", `${file}: ${count}`];
    if (`${status} ${detail}` === this.#link) return;
    this.#link = `${status} ${detail}`;
    const at = clock.now();
    if (this.#refused !== null) sink.push({ kind: "positions-failed", source: "MANUAL", reason: this.#refused, at });
    sink.push({ kind: "link", source: "MANUAL", status, detail, at }, true);
    // Before the accounts are known an entry may lack what they will tell.
    const tooEarly = this.#refused === null && this.#deps.baseCurrency() === null;
    log.write(status === "degraded" && !tooEarly ? "WARN" : "INFO", "DATA", `manual positions: ${detail}`);
  }
}

const SHOWN_FAULTS = 3;

function summary(faults: readonly Fault[]): string {
  const shown = faults.slice(0, SHOWN_FAULTS).map(faultText).join(" | ");
  const more = faults.length - SHOWN_FAULTS;
  return more > 0 ? `${shown} | and ${more} more ${more === 1 ? "fault" : "faults"}` : shown;
}
