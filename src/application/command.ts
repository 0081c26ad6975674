/** What the user asked the program to do, once the words on the command line have been understood. */
import type { Exchange } from "../domain/calendar/exchange.ts";
import type { VolMove } from "../domain/risk/scenario_grid.ts";
import type { EpochMs, IsoDate } from "../domain/time.ts";
import type { RunningMonitor } from "./control/control_file.ts";
import type { ConfigurationFindings } from "./doctor/places.ts";
import type { Environment, Settings } from "./settings.ts";
import type { LogLevel } from "./ports/log.ts";

/** Where the configuration is read from, and what the command line lays over it. */
export interface ConfigurationChoice {
  /** Null: `./config` where it exists, else the built-in defaults alone. */
  readonly directory: string | null;
  /** A file laid over the directory's, or null. */
  readonly file: string | null;
  readonly env: Environment;
  /** Null: as configured. */
  readonly logLevel: LogLevel | null;
}

/** A limit state that `--fail-on` turns into an exit code: `soft` means soft or worse. */
export type FailOn = "soft" | "hard";

/** What is started in the same process in place of the brokers (`env: demo`); null: the configured ones are connected to. */
export interface SimulatedBrokers {
  readonly simulator: ListenAddress | null;
  /** Futu's; null or left out also where Futu is no part of the demo. */
  readonly openD?: ListenAddress | null;
}

/** What every command that shows the book can be told. */
interface BookRequest extends SimulatedBrokers {
  /** The wall clock's reading at the start; null: the real one. */
  readonly now: EpochMs | null;
  /** Stop after this long, in milliseconds; null: only when told to. */
  readonly forMs: number | null;
  readonly failOn: FailOn | null;
  /** Whether what goes to standard output may carry colours. */
  readonly color: boolean;
}

export interface WatchRequest extends BookRequest {
  readonly command: "watch";
  /** `text`: one plain block a snapshot; `jsonl`: one line of JSON a snapshot. */
  readonly output: "dashboard" | "text" | "jsonl";
  /** Whether a PostgreSQL database is brought up to date; the embedded store always is. */
  readonly autoMigrate: boolean;
  /** Where other commands on this machine can ask the monitor; null or left out: nowhere. */
  readonly control?: ControlPlace | null;
}

export interface ControlPlace {
  /** Of 127.0.0.1. */
  readonly port: number;
  /** The process of the monitor that has this folder's channel for this environment already; null: none has. */
  readonly heldBy: number | null;
}

/** A printed table that is shown again and again. */
export interface Repetition {
  readonly everyMs: number;
  /** Each is drawn over the one before; false: they follow each other. */
  readonly draws: boolean;
}

/** What is printed of the book once it is complete. */
export interface PrintedBookRequest extends BookRequest {
  readonly output: "table" | "csv" | "json";
  /** How long to wait for a complete view before printing what there is, in milliseconds. */
  readonly timeoutMs: number;
  /** Columns of the terminal; null: standard output is none. */
  readonly width: number | null;
  /** Null: it is printed once. */
  readonly watch: Repetition | null;
}

export interface SnapshotRequest extends PrintedBookRequest {
  readonly command: "snapshot";
}

/** What moves of spot, volatility and time would do to the book. */
export interface ScenarioRequest extends PrintedBookRequest {
  readonly command: "scenario";
  /** Fractions; null: those of the configured shocks, and none. */
  readonly spots: readonly number[] | null;
  /** Null: the usual ones where nothing else is asked for, else none. */
  readonly vols: readonly VolMove[] | null;
  /** Calendar days forward. */
  readonly days: readonly number[];
  /** Each name moves by the spot shock times its beta. */
  readonly byBeta: boolean;
  /** Each name's part as well. */
  readonly byName: boolean;
  readonly account: string | null;
  readonly symbol: string | null;
  /** Of the last stored risk snapshot: no broker is asked. */
  readonly stored: boolean;
}

export interface SimulateRequest {
  readonly command: "simulate";
  /** Whose server: the TWS of IB, or Futu's OpenD. */
  readonly broker: "ib" | "futu";
  readonly listen: ListenAddress;
  /** Null: the demo scenario of the broker; for IB the scenario of the configuration before it. */
  readonly scenario: string | null;
  /** Null: the seed of the configuration. */
  readonly seed: number | null;
  /** In the simulator's own words, unread so far. */
  readonly faults: readonly string[];
  readonly now: EpochMs | null;
  readonly forMs: number | null;
}

/** Looks at, checks or changes the tables of the configured database. */
export interface MigrateRequest {
  readonly command: "migrate";
  readonly action: "up" | "status" | "verify";
  /** Only says what `up` would do. */
  readonly dryRun: boolean;
  /** The last migration to apply; null: the newest. */
  readonly to: number | null;
  /** Columns of the terminal; null or left out: standard output is none. */
  readonly width?: number | null;
  readonly now: EpochMs | null;
}

/** Takes care of the embedded store's file. */
export interface DbRequest {
  readonly command: "db";
  readonly action: "check" | "backup" | "prune";
  /** Where the backup goes; null for the other actions. */
  readonly to: string | null;
  /** For `prune`: days of snapshots to keep; null: as configured. */
  readonly keepDays: number | null;
  /** For `prune`: only says what would go. */
  readonly dryRun: boolean;
  /** Columns of the terminal; null or left out: standard output is none. */
  readonly width?: number | null;
  readonly now: EpochMs | null;
}

/** Reads past trades into the store. */
export interface BackfillRequest extends SimulatedBrokers {
  readonly command: "backfill";
  readonly broker: "IB" | "FUTU" | "all";
  /** Null: every account. */
  readonly account: string | null;
  /** Null: every market. */
  readonly market: string | null;
  /** First and last day; null: `days` back from today. */
  readonly from: IsoDate | null;
  readonly to: IsoDate | null;
  readonly days: number;
  /** Reads and prints, and writes nothing at all. */
  readonly dryRun: boolean;
  /** Reads windows again that were read before. */
  readonly force: boolean;
  readonly now: EpochMs | null;
  /** Whether progress may be drawn over the same line of standard error. */
  readonly progress: boolean;
  /** Columns of the terminal; null or left out: standard output is none. */
  readonly width?: number | null;
}

/** Reads the store back. */
export interface HistoryRequest {
  readonly command: "history";
  readonly what: "pnl" | "risk" | "fills" | "breaches" | "positions" | "sync";
  readonly from: IsoDate | null;
  readonly to: IsoDate | null;
  readonly account: string | null;
  readonly symbol: string | null;
  readonly output: "table" | "csv" | "json";
  readonly plot: boolean;
  /** `pnl`: realized results by symbol instead of by day. `fills`: round trips instead of single fills. */
  readonly grouped: boolean;
  /** `positions`: what changed in the range instead of the last book. */
  readonly changes: boolean;
  readonly now: EpochMs | null;
  /** Null or left out: it is printed once. */
  readonly watch?: Repetition | null;
  /** Stop showing it again after so long; null or left out: when told to. */
  readonly forMs?: number | null;
  /** Columns of the terminal; null: standard output is none. */
  readonly width: number | null;
  readonly color: boolean;
}

/** What every command can be told that asks the monitor which runs in this folder. */
interface MonitorQuestion {
  readonly monitor: RunningMonitor;
  readonly now: EpochMs | null;
  /** Null: it is printed once. */
  readonly watch: Repetition | null;
  /** Stop showing it again after so long; null: when told to. */
  readonly forMs: number | null;
  /** Columns of the terminal; null: standard output is none. */
  readonly width: number | null;
}

/** How the running monitor does. */
export interface StatusRequest extends MonitorQuestion {
  readonly command: "status";
  readonly output: "table" | "json";
  readonly failOn: FailOn | null;
}

/** What is held: by the running monitor, else as last stored. */
export interface PositionsRequest extends MonitorQuestion {
  readonly command: "positions";
  /** Null: every account. */
  readonly account: string | null;
  /** Null: every symbol. */
  readonly symbol: string | null;
  readonly output: "table" | "csv" | "json";
}

/** The open breaches: of the running monitor, else as last stored; the others note something with the monitor alone. */
export interface BreachesRequest extends MonitorQuestion {
  readonly command: "breaches";
  readonly action: "list" | "acknowledge" | "take-back";
  /** Whose id; null for the list. */
  readonly breach: string | null;
  readonly note: string | null;
  readonly output: "table" | "csv" | "json";
}

/** Prints the trading days of exchanges. */
export interface CalendarRequest {
  readonly command: "calendar";
  readonly markets: readonly Exchange[];
  /** Null: today, on the exchange's date. */
  readonly from: IsoDate | null;
  /** Null: 30 days after the first. */
  readonly to: IsoDate | null;
  readonly output: "table" | "csv" | "json";
  /** Columns of the terminal; null or left out: standard output is none. */
  readonly width?: number | null;
  /** Null: the real time. */
  readonly now: EpochMs | null;
}

/** Writes a configuration to begin with into the working folder. */
export interface InitRequest {
  readonly command: "init";
}

/** Shows every setting, or lists what is wrong with them. */
export interface ConfigRequest {
  readonly command: "config";
  readonly action: "show" | "check";
  readonly output: "table" | "csv" | "json";
  /** Columns of the terminal; null: standard output is none. */
  readonly width: number | null;
}

/** Checks what a run needs. */
export interface DoctorRequest extends SimulatedBrokers {
  readonly command: "doctor";
  readonly output: "table" | "json";
  readonly now: EpochMs | null;
  /** Columns of the terminal; null: standard output is none. */
  readonly width: number | null;
  readonly color: boolean;
  readonly configuration: ExaminedConfiguration;
  /** `host:port` of everything that the configuration names, whether the executable may reach it or not. */
  readonly hosts: readonly string[];
  /** That of the statement service; null where it is not asked. */
  readonly statementHost: string | null;
}

/** The configuration as it was found, faulty or not. */
export interface ExaminedConfiguration extends ConfigurationFindings {
  /** Where its files are looked for. */
  readonly directory: string;
}

/** Prints what a shell needs to complete the words after `apex`. */
export interface CompletionsRequest {
  readonly command: "completions";
  readonly shell: "bash" | "zsh" | "fish";
}

/** Prints words for a shell to complete, one a line. */
export interface CompleteRequest {
  readonly command: "complete";
  readonly what: "accounts" | "symbols" | "breaches";
}

/** The commands that are done on the spot, without a worker. */
export type LocalRequest = CalendarRequest | InitRequest | ConfigRequest | CompletionsRequest | CompleteRequest;

/** Tries what the sandbox must refuse, so that a test of the executable can see it refused. */
export interface SelfTestRequest {
  readonly command: "self-test";
  readonly attempt: "net" | "read" | "write" | "run" | "hang";
  /** A `host:port`, file or program. Null: one that no executable of APEX may use. */
  readonly target: string | null;
}

/** The commands that need settings and adapters; `compose.ts` runs them. */
export type CommandRequest =
  | WatchRequest
  | SnapshotRequest
  | ScenarioRequest
  | SimulateRequest
  | MigrateRequest
  | DbRequest
  | BackfillRequest
  | DoctorRequest
  | HistoryRequest
  | MonitorRequest;

/** The commands that ask a running monitor. */
export type MonitorRequest = StatusRequest | PositionsRequest | BreachesRequest;

/** A command with all it needs to know to run. */
export interface CommandWork {
  readonly request: CommandRequest;
  readonly settings: Settings;
  /** What was noticed before the command started and belongs in the log. */
  readonly notes: readonly string[];
}

/** A request without the addresses to listen on: whoever starts the command finds a free port. */
export type Wish =
  | Omit<WatchRequest, keyof SimulatedBrokers | "control">
  | Omit<SnapshotRequest, keyof SimulatedBrokers>
  | Omit<ScenarioRequest, keyof SimulatedBrokers>
  /** Port 0: any free one. */
  | (Omit<SimulateRequest, "listen"> & { readonly port: number })
  | MigrateRequest
  | DbRequest
  | Omit<BackfillRequest, keyof SimulatedBrokers>
  | Omit<DoctorRequest, keyof SimulatedBrokers | "configuration" | "hosts" | "statementHost">
  | HistoryRequest
  | Omit<StatusRequest, "monitor">
  | Omit<PositionsRequest, "monitor">
  | Omit<BreachesRequest, "monitor">
  | SelfTestRequest;

/** A loopback address to listen on; the port is never 0, for only a port known at the start can be permitted. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * How a command ended in order. `limit`: what `--fail-on` asked about was found. `interrupted`: it was told to stop
 * before its work was done.
 */
export type Conclusion = "done" | "limit" | "interrupted";

/** The request cannot be carried out as it was written: its words are wrong, not the world. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
