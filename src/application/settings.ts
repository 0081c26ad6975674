/** Everything the configuration decides, validated, in one immutable value. */
import type { RiskSettings } from "../domain/settings.ts";
import type { ColumnChoice } from "./dashboard_columns.ts";
import type { ShockSet } from "./shock_sets.ts";
import type { AlertingSettings } from "./alerting.ts";
import type { LogLevel } from "./ports/log.ts";

export type Environment = "dev" | "prod" | "demo";

export interface IbkrSettings {
  readonly enabled: boolean;
  readonly host: string;
  readonly port: number;
  readonly clientId: number;
  /** How many ids from `clientId` on may be tried when one is in use (326). */
  readonly clientIdRange: number;
  /** Empty: all that the login manages. */
  readonly accounts: readonly string[];
  readonly marketDataLines: number;
  /** 1 live, 2 frozen, 3 delayed, 4 delayed-frozen (default: delayed data comes where live is not paid for). */
  readonly marketDataType: 1 | 2 | 3 | 4;
  readonly requestsPerSecond: number;
  readonly connectTimeoutMs: number;
  readonly handshakeTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly reconnect: { readonly firstDelayMs: number; readonly maxDelayMs: number };
  /** How long lines keep their turn when there are more instruments than lines. */
  readonly rotationSeconds: number;
}

export interface FutuSettings {
  readonly enabled: boolean;
  readonly host: string;
  readonly port: number;
  /** Whose accounts are read, as Futu writes it: FUTUSECURITIES. */
  readonly securityFirm: string;
  readonly trdEnv: "REAL" | "SIMULATE";
  /** The market whose holdings and history are read; `NONE`: every market that an account may trade in. */
  readonly filterTrdmarket: string;
  /** Empty: all active ones of the firm and market. */
  readonly accounts: readonly string[];
  /** How often positions and funds are asked for anew, pushes apart. */
  readonly refreshMs: number;
  /** Roots of Hong Kong options and what they are written on, for where OpenD does not say. */
  readonly optionRoots: ReadonlyMap<string, OptionRoot>;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly reconnect: { readonly firstDelayMs: number; readonly maxDelayMs: number };
}

/** What the options of a root are written on: `TCH` on `700`, 100 shares a contract. */
export interface OptionRoot {
  readonly underlying: string;
  readonly multiplier: number;
}

export interface Settings {
  readonly env: Environment;
  readonly ibkr: IbkrSettings;
  readonly manual: {
    readonly enabled: boolean;
    /** Relative to the working directory. */
    readonly file: string;
    /** How often the file is looked at for changes. */
    readonly pollMs: number;
  };
  readonly risk: RiskSettings;
  /** Betas from the broker's daily history. */
  readonly betaHistory: {
    /** The newest so many daily returns count. */
    readonly windowDays: number;
    /** Fewer give no beta. */
    readonly minObservations: number;
    /** An older one is computed anew; it stays in use meanwhile, with its age shown. */
    readonly maxAgeMs: number;
    /** Relative to the working directory; lies under `data/`. */
    readonly cacheFile: string;
  };
  readonly monitor: { readonly cadenceMs: number; readonly inboxEvents: number };
  /** The first snapshot of `watch` is shown at this fraction of answered lines or after the time-out. */
  readonly startup: { readonly answeredFraction: number; readonly timeoutSec: number };
  readonly alerts: AlertingSettings & {
    /** Null: no webhook. The address, as the token, may be what keeps strangers out: neither is shown. */
    readonly webhook: { readonly url: string; readonly token: string | null } | null;
  };
  readonly logging: {
    readonly level: LogLevel;
    readonly file: string;
    readonly maxBytes: number;
    readonly keepFiles: number;
    readonly showAccounts: boolean;
  };
  /** Other moves of the spot than the configured shocks, to look at on the screen. */
  readonly shockSets: readonly ShockSet[];
  readonly dashboard: {
    readonly maxFps: number;
    readonly glyphs: "unicode" | "ascii";
    readonly theme: "safe" | "classic" | "mono";
    readonly background: "auto" | "dark" | "light";
    readonly bell: boolean;
    readonly accounts: "full" | "masked";
    /** The wheel scrolls, where the terminal has one. */
    readonly mouse: boolean;
    readonly columns: ColumnChoice;
    /** Who acknowledges, here and over the control channel. */
    readonly operator: string;
  };
  /** The channel by which other commands on this machine talk to a running `watch`. */
  readonly control: { readonly enabled: boolean };
  readonly display: {
    /** IANA zone of the clock on screen. */
    readonly timeZone: string;
    /** Thousands separator and decimals as `en-US` writes them unless set otherwise. */
    readonly locale: string;
  };
  /** Only of `env: demo` and `simulate`. */
  readonly simulator: { readonly scenario: string | null; readonly seed: number };
  readonly futu: FutuSettings;
  readonly database: {
    readonly dsn: string | null;
    readonly minPoolSize: number;
    readonly maxPoolSize: number;
    readonly commandTimeoutSec: number;
    /** What may wait on the disk while the database is away. */
    readonly spoolMaxBytes: number;
  };
  readonly snapshots: {
    readonly positionIntervalSec: number;
    readonly accountIntervalSec: number;
    readonly riskIntervalSec: number;
    readonly captureOnShutdown: boolean;
    readonly retentionDays: number;
  };
  /** What an earlier run stored is shown, as stale, until the broker has confirmed it. */
  readonly warmStart: {
    readonly enabled: boolean;
    /** Older books and accounts are left in the store. */
    readonly maxAgeMs: number;
  };
  /** Statements of past trades, for `backfill`. */
  readonly flex: {
    /** Statement files, *.xml, that were downloaded by hand. */
    readonly folder: string;
    /** Of the Flex web service; null: it is not asked. A secret. */
    readonly token: string | null;
    readonly queryId: string | null;
    /** Address of the web service. */
    readonly url: string;
  };
}
