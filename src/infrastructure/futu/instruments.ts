/**
 * Futu's codes to instruments whose keys are IB's for the same contract.
 *
 * Most codes say all there is to say. Options of Hong Kong, adjusted options, futures and warrants need what OpenD tells of
 * them (static information) first; what cannot be told even then is of an unknown type, under its code.
 */
import type { OptionRoot } from "../../application/settings.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { FutuSecurity, FutuStaticInfo } from "./wire/messages.ts";

/** What positions, orders and deals say of their contract. A deal has no currency: its order's is the one. */
export interface FutuCode {
  readonly code: string;
  readonly secMarket: number | null;
  readonly trdMarket: number | null;
  readonly currency: number | null;
}

export type ParsedCode =
  | { readonly kind: "known"; readonly instrument: Instrument }
  /** What the code means depends on what OpenD tells of it. */
  | { readonly kind: "needs-static"; readonly security: FutuSecurity }
  /** `instrument` is of the unknown type, under its code; `why` is for the log. */
  | { readonly kind: "unknown"; readonly instrument: Instrument; readonly why: string };

/** The contracts of rows, and what has still to be asked for them. One for a connection, or for a backfill. */
export class FutuInstruments {
  constructor(_optionRoots: ReadonlyMap<string, OptionRoot>) {}

  /** The row's contract; null while static information is needed first: it is then among `pending()`. */
  of(_row: FutuCode): Instrument | null {
    return null;
  }

  /** What to ask static information for (GET_STATIC_INFO's `securityList`), of all rows seen so far. */
  pending(): readonly FutuSecurity[] {
    return [];
  }

  /** What OpenD answered to a question for `asked`. What the answer leaves out is given up. */
  learn(_asked: readonly FutuSecurity[], _infos: readonly FutuStaticInfo[]): void {}

  /**
   * OpenD refused to tell of these: the configuration's option roots have to do, else their contracts are of the unknown type.
   * One code that OpenD does not know makes it refuse the whole question, so give up only what was asked for by itself.
   */
  giveUp(_asked: readonly FutuSecurity[], _why: string): void {}

  /** What was given up is asked for again. */
  askAgain(): void {}

  /** Why a row's contract is of the unknown type; null when it is not. */
  whyUnknown(_row: FutuCode): string | null {
    return null;
  }
}
