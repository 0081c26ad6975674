/** Whether what a source holds is known to be true now: only then is it worth a row that says when it was. */
import type { Source } from "../../domain/event.ts";
import type { Portfolio } from "../../domain/portfolio.ts";

/**
 * The source was read completely, nothing has failed since, and the broker's link is up (a degraded one still tells of
 * every change). A file of manual entries has no link: having read it is enough.
 */
export function isSourceConfirmed({ positions, links }: Portfolio, source: Source): boolean {
  if (positions.downloads(source) === 0 || positions.failure(source) !== null) return false;
  if (source === "MANUAL") return true;
  const status = links.get(source)?.status;
  return status === "up" || status === "degraded";
}

/** The source is confirmed, and it named the account. */
export function isAccountConfirmed(portfolio: Portfolio, source: Source, account: string): boolean {
  return portfolio.positions.isConfirmed(source, account) && isSourceConfirmed(portfolio, source);
}

export function accountKey(source: Source, account: string): string {
  return `${source}|${account}`;
}
