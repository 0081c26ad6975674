/** Holdings and accounts as rows of history. */
import type { BrokerPnl } from "../../domain/event.ts";
import type { Portfolio } from "../../domain/portfolio.ts";
import { type AccountId, QUANTITY_TOLERANCE } from "../../domain/position_book.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { AccountRecord, PositionBook, PositionRecord } from "../ports/store_records.ts";
import { accountKey, isSourceConfirmed } from "./confirmed.ts";
import type { SeenLeaf } from "./held_leaves.ts";

/**
 * A book for each of the accounts, all of them confirmed; one that holds nothing gives an empty book. What was closed today
 * is held no longer and is no row.
 */
export function positionBooks(
  accounts: readonly AccountId[],
  leaves: readonly SeenLeaf[],
  portfolio: Portfolio,
  takenAt: EpochMs,
): PositionBook[] {
  const rows = new Map<string, PositionRecord[]>(
    accounts.map(({ source, account }) => [accountKey(source, account), []]),
  );
  for (const leaf of leaves) {
    const book = rows.get(leaf.held.owner);
    if (book !== undefined && isHeld(leaf, portfolio)) book.push(positionRecord(leaf, portfolio));
  }
  return accounts.map(({ source, account }) => ({
    account,
    source,
    takenAt,
    positions: rows.get(accountKey(source, account)) ?? [],
  }));
}

function isHeld({ held }: SeenLeaf, { positions }: Portfolio): boolean {
  return Math.abs(positions.quantity[held.leaf]!) >= QUANTITY_TOLERANCE;
}

function positionRecord({ held, seen }: SeenLeaf, { positions, registry }: Portfolio): PositionRecord {
  const avgPrice = positions.avgPrice[held.leaf]!;
  // A price that an earlier run stored would become younger with each restart.
  const priced = seen?.position.markSource === "stored" ? null : seen;
  return {
    instrument: registry.at(held.instrument),
    quantity: positions.quantity[held.leaf]!,
    avgPrice: Number.isFinite(avgPrice) ? avgPrice : null,
    mark: priced?.position.mark ?? null,
    close: seen?.position.close ?? null,
    closeDate: seen?.position.closeDate ?? null,
    marketValue: priced?.view.marketValue ?? null,
    unrealizedPnl: priced?.view.unrealizedPnl ?? null,
    dailyPnl: seen?.view.dailyPnl ?? null,
  };
}

const NO_PNL: BrokerPnl = { dailyPnl: null, unrealizedPnl: null, realizedPnl: null };

/** Of the accounts that their broker has spoken of in this run, and speaks of now, in their own currency. */
export function accountRecords(portfolio: Portfolio, takenAt: EpochMs): AccountRecord[] {
  const records: AccountRecord[] = [];
  for (const { source, account, currency, values, pnl, cash, restored } of portfolio.accounts.all()) {
    if (currency === null || restored || !isSourceConfirmed(portfolio, source)) continue;
    records.push({
      account,
      source,
      takenAt,
      currency,
      values,
      brokerPnl: pnl ?? NO_PNL,
      cash: Object.fromEntries(cash),
    });
  }
  return records;
}
