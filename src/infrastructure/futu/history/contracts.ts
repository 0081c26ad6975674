/** The contracts of past rows. A row whose contract cannot be told keeps its code, under an unknown type. */
import type { Instrument } from "../../../domain/instrument.ts";
import type { FutuCode, FutuInstruments } from "../contracts/instruments.ts";
import { OpenDFault } from "../client/opend.ts";
import { type Answered, type Asked, type Exchange, type FutuSecurity, GET_STATIC_INFO } from "../wire/messages.ts";

/** Contracts asked for at once. */
const MOST_AT_ONCE = 100;

/** What turns codes into contracts. */
export type PastInstruments = Pick<FutuInstruments, "of" | "pending" | "learn" | "giveUp" | "whyUnknown">;

export type AskOpenD = <E extends Exchange>(exchange: E, question: Asked<E>) => Promise<Answered<E>>;

/**
 * Asks for what the rows' codes leave open.
 *
 * @throws when OpenD does not answer: a contract is not taken for unknown for that
 */
export async function tellContracts(
  instruments: PastInstruments,
  rows: readonly FutuCode[],
  ask: AskOpenD,
): Promise<void> {
  for (const row of rows) instruments.of(codeOf(row));
  const open = [...instruments.pending()];
  for (let from = 0; from < open.length; from += MOST_AT_ONCE) {
    await learn(instruments, open.slice(from, from + MOST_AT_ONCE), ask);
  }
}

/** `why`: of what is of the unknown type. */
export interface PastContract {
  readonly instrument: Instrument;
  readonly why: string | null;
}

/** @throws {RangeError} when `tellContracts` was not asked for the row */
export function contractOf(instruments: PastInstruments, row: FutuCode): PastContract {
  const code = codeOf(row);
  const instrument = instruments.of(code);
  if (instrument === null) throw new RangeError(`Nothing was asked about Futu's code ${row.code}`);
  return { instrument, why: instruments.whyUnknown(code) };
}

/** One code that OpenD does not know makes it refuse all: they are then asked for one by one. */
async function learn(instruments: PastInstruments, asked: readonly FutuSecurity[], ask: AskOpenD): Promise<void> {
  try {
    const { staticInfoList } = await ask(GET_STATIC_INFO, { securityList: asked });
    instruments.learn(asked, staticInfoList);
  } catch (fault) {
    if (!(fault instanceof OpenDFault) || fault.kind !== "refused") throw fault;
    if (asked.length === 1) return instruments.giveUp(asked, fault.message);
    for (const security of asked) await learn(instruments, [security], ask);
  }
}

function codeOf({ code, secMarket, trdMarket, currency }: FutuCode): FutuCode {
  return { code, secMarket, trdMarket, currency };
}
