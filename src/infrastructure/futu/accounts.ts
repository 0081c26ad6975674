/** Which of OpenD's accounts are read. */
import type { Log } from "../../application/ports/log.ts";
import type { FutuSettings } from "../../application/settings.ts";
import { OpenDFault, type OpenDSession } from "./client/opend.ts";
import { ACC_ACTIVE, SECURITY_FIRM, TRD_ENV, TRD_MARKET } from "./wire/codes.ts";
import { type FutuAccountRow, GET_ACC_LIST, type TrdHeader } from "./wire/messages.ts";

/** Trd_Common.TrdCategory. */
const SECURITIES = 1;
const FUTURES = 2;
/** `futu.filter_trdmarket` for every market that an account may trade in. */
const EVERY_MARKET = "NONE";
/** Of a backfill alone. */
const FUTURES_MARKET = "FUTURES";
/** Kinds of accounts named when none fits. */
const MOST_KINDS = 4;

export interface FutuAccount {
  readonly id: string;
  readonly trdEnv: number;
  /** The markets that are read of it; one at least. */
  readonly markets: readonly number[];
  /** They are all that it may trade in. */
  readonly everyMarket: boolean;
}

export interface AccountSelection {
  readonly accounts: readonly FutuAccount[];
  /** In words for the screen; null when all that is configured was found. */
  readonly fault: string | null;
}

/**
 * All accounts of the login, those of futures too where futures are read.
 *
 * @throws {OpenDFault}
 * @throws the signal's reason
 */
export async function readAccounts(
  session: OpenDSession,
  settings: Pick<FutuSettings, "filterTrdmarket">,
  log: Log,
  signal: AbortSignal,
): Promise<readonly FutuAccountRow[]> {
  const ask = async (trdCategory: number) => {
    const question = { userID: "0", trdCategory, needGeneralSecAccount: true };
    return (await session.ask(GET_ACC_LIST, question, { signal })).accList;
  };
  const rows = new Map<string, FutuAccountRow>();
  // One that is listed in both categories is one account, and each list may tell of its own markets alone.
  const take = (row: FutuAccountRow): void => {
    const name = `${row.trdEnv} ${row.accID}`;
    const markets = rows.get(name)?.trdMarketAuthList ?? [];
    rows.set(name, { ...row, trdMarketAuthList: [...new Set([...markets, ...row.trdMarketAuthList])] });
  };
  for (const row of await ask(SECURITIES)) take(row);
  if ([EVERY_MARKET, FUTURES_MARKET].includes(settings.filterTrdmarket)) {
    const futures = await ask(FUTURES).catch((fault: unknown) => {
      if (!(fault instanceof OpenDFault) || fault.kind !== "refused") throw fault;
      log.write("WARN", "DATA", `No futures accounts are read from Futu: ${fault.message}`);
      return [];
    });
    for (const row of futures) take(row);
  }
  return [...rows.values()];
}

/** The active accounts that the settings mean, in OpenD's order. */
export function selectAccounts(rows: readonly FutuAccountRow[], settings: FutuSettings): AccountSelection {
  const { accounts: listed, filterTrdmarket } = settings;
  const accounts = rows.filter((row) => isMeant(row, settings)).map(({ accID, trdEnv, trdMarketAuthList }) => {
    const everyMarket = filterTrdmarket === EVERY_MARKET;
    const markets = everyMarket ? trdMarketAuthList : [TRD_MARKET[filterTrdmarket]!];
    return { id: accID, trdEnv, markets: [...new Set(markets)], everyMarket };
  });
  const missing = listed.filter((id) => !accounts.some((account) => account.id === id)).length;
  if (listed.length > 0 && missing > 0) {
    const which = `${missing} of the ${listed.length} in futu.accounts`;
    return { accounts, fault: `${which} not found as active, ${wishes(settings)}: ${foundWords(rows)}` };
  }
  if (accounts.length > 0) return { accounts, fault: null };
  return { accounts, fault: `no active account is ${wishes(settings)}: ${foundWords(rows)}` };
}

/** What a question about one account begins with. */
export interface AccountScope {
  readonly header: TrdHeader;
  /** Empty: of every market. */
  readonly filterConditions: { readonly filterMarket?: number };
}

/**
 * One for each account. The header has to name a market of the account's, whichever: it is the filter that chooses, and without
 * one the answer is of all (so Futu's own client asks).
 */
export function scopesOf(accounts: readonly FutuAccount[]): readonly AccountScope[] {
  return accounts.map(({ id, trdEnv, markets, everyMarket }) => {
    const trdMarket = markets[0]!;
    const filterConditions = everyMarket ? {} : { filterMarket: trdMarket };
    return { header: { trdEnv, accID: id, trdMarket }, filterConditions };
  });
}

/** The account that a push is about; null when it is of an account or market that is not read. */
export function accountOfPush(
  accounts: readonly FutuAccount[],
  { trdEnv, accID, trdMarket }: TrdHeader,
  rowMarket: number | null,
): FutuAccount | null {
  const account = accounts.find((each) => each.id === accID && each.trdEnv === trdEnv);
  if (account === undefined) return null;
  return account.everyMarket || account.markets.includes(rowMarket || trdMarket) ? account : null;
}

function isMeant(row: FutuAccountRow, { accounts, securityFirm, trdEnv, filterTrdmarket }: FutuSettings): boolean {
  if (!isActive(row) || row.trdEnv !== TRD_ENV[trdEnv] || row.trdMarketAuthList.length === 0) return false;
  const market = TRD_MARKET[filterTrdmarket];
  if (filterTrdmarket !== EVERY_MARKET && !row.trdMarketAuthList.includes(market ?? -1)) return false;
  if (accounts.length > 0) return accounts.includes(row.accID);
  // Paper accounts are of no firm.
  return row.securityFirm === SECURITY_FIRM[securityFirm] || (trdEnv === "SIMULATE" && !row.securityFirm);
}

/** An OpenD that does not tell has no closed ones. */
function isActive({ accStatus }: FutuAccountRow): boolean {
  return accStatus === null || accStatus === ACC_ACTIVE;
}

function wishes({ accounts, securityFirm, trdEnv, filterTrdmarket }: FutuSettings): string {
  const firm = accounts.length > 0 ? "" : `security_firm ${securityFirm}, `;
  const market = filterTrdmarket === EVERY_MARKET ? "" : `, filter_trdmarket ${filterTrdmarket}`;
  return `${firm}trd_env ${trdEnv}${market}`;
}

/** `OpenD has 2 of FUTUINC, REAL, US and 1 of no firm, SIMULATE, HK`: never a number of an account. */
function foundWords(rows: readonly FutuAccountRow[]): string {
  if (rows.length === 0) return "OpenD's login has no accounts at all";
  const kinds = new Map<string, number>();
  for (const row of rows) kinds.set(kindWords(row), (kinds.get(kindWords(row)) ?? 0) + 1);
  const named = [...kinds].slice(0, MOST_KINDS).map(([kind, count]) => `${count} of ${kind}`);
  if (kinds.size > MOST_KINDS) named.push(`${kinds.size - MOST_KINDS} other kinds`);
  return `OpenD has ${named.length === 1 ? named[0] : `${named.slice(0, -1).join("; ")} and ${named.at(-1)}`}`;
}

function kindWords(row: FutuAccountRow): string {
  const firm = nameOf(SECURITY_FIRM, row.securityFirm ?? 0) ?? "no firm";
  const env = row.trdEnv === TRD_ENV.REAL ? "REAL" : "SIMULATE";
  const markets = row.trdMarketAuthList.map((market) => nameOf(TRD_MARKET, market) ?? `market ${market}`);
  return [firm, env, markets.join("+") || "no market", ...(isActive(row) ? [] : ["not active"])].join(", ");
}

function nameOf(names: Readonly<Record<string, number>>, number: number): string | null {
  return Object.keys(names).find((name) => names[name] === number) ?? null;
}
