/**
 * Which sums of the book are one account's alone: those over positions that no other account holds. The snapshot has the
 * greeks of the whole book; where a name, a bucket or a strategy is in one account, they are that account's.
 */
import type { PositionView, RiskSnapshot } from "../../domain/risk/snapshot.ts";
import { LastAnswer } from "../../application/last_answer.ts";

/** The account that holds all of a group; null when several do. Groups without a position are absent. */
export interface SoleAccounts {
  readonly names: ReadonlyMap<string, string | null>;
  readonly buckets: ReadonlyMap<string, string | null>;
  /** Accounts that hold something of each bucket, as `bucket account`. */
  readonly held: ReadonlySet<string>;
}

export function soleAccounts(snapshot: RiskSnapshot): SoleAccounts {
  return last.to([snapshot], () => lookedUp(snapshot));
}

const last = new LastAnswer<SoleAccounts>();

/** Whether the account holds the position and no other one does. */
export function isSoleHolder(account: string, { leaves }: PositionView): boolean {
  return leaves.length > 0 && leaves.every((leaf) => leaf.account === account);
}

function lookedUp(snapshot: RiskSnapshot): SoleAccounts {
  const names = new Map<string, string | null>();
  const buckets = new Map<string, string | null>();
  const held = new Set<string>();
  for (const { underlying, expiryBucket, leaves } of snapshot.positions) {
    for (const { account } of leaves) {
      note(names, underlying, account);
      note(buckets, expiryBucket, account);
      held.add(`${expiryBucket} ${account}`);
    }
  }
  return { names, buckets, held };
}

function note(groups: Map<string, string | null>, group: string, account: string): void {
  const before = groups.get(group);
  if (before === undefined) groups.set(group, account);
  else if (before !== account) groups.set(group, null);
}
