/** Where statements of past trades are fetched from. */
import type { IsoDate } from "../../domain/time.ts";

export interface StatementRequest {
  /** The number of the query that the account's owner set up at the broker. */
  readonly queryId: string;
  /** Days other than the query's own, first and last, at most 365 days apart; null: as the query says. */
  readonly days: { readonly from: IsoDate; readonly to: IsoDate } | null;
}

/** Why there is no statement. The message never holds the token. */
export class StatementUnavailable extends Error {
  override readonly name = "StatementUnavailable";
  constructor(
    message: string,
    /** The service's own number for it; null when it gave none. */
    readonly code: number | null,
    /** Asking again later may help. False: something must be changed first. */
    readonly isTemporary: boolean,
  ) {
    super(message);
  }
}

export interface StatementService {
  /**
   * Has a statement made, waits until it is there, and hands over its bytes as they come; they can be read once. Ended early,
   * the connection is closed.
   *
   * @throws {StatementUnavailable} before the first byte, or among them when the connection breaks
   * @throws the signal's reason
   */
  download(request: StatementRequest, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}
