/** One client's subscriptions to positions, account figures and P&L. */
import { type AccountValue, accountValues, ledgerValues } from "./account_values.ts";
import type { Holding } from "./book.ts";
import type { Listed } from "./listing.ts";
import {
  accountDownloadEnd,
  accountSummary,
  accountSummaryEnd,
  accountUpdateMulti,
  accountUpdateMultiEnd,
  accountUpdateTime,
  accountValue,
  error,
  pnl,
  pnlSingle,
  portfolioValue,
  position,
  positionEnd,
  positionMulti,
  positionMultiEnd,
} from "./messages.ts";
import type { Outbox } from "./outbox.ts";
import type { Request } from "./requests.ts";
import type { AccountSpec } from "./scenario.ts";
import type { Simulation } from "./simulation.ts";

/** TWS keeps two summaries a client. */
const SUMMARIES = 2;

interface Summary {
  readonly id: number;
  readonly tags: readonly string[];
  readonly accounts: readonly AccountSpec[];
  readonly sent: Map<string, string>;
}

export class AccountStreams {
  #positions = false;
  readonly #positionsMulti = new Map<number, { account: string; model: string }>();
  #updates: { account: AccountSpec; sent: Map<string, string> } | null = null;
  readonly #updatesMulti = new Map<number, { account: AccountSpec; model: string; sent: Map<string, string> }>();
  readonly #summaries = new Map<number, Summary>();
  readonly #pnls = new Map<number, { account: AccountSpec; sent: string }>();
  readonly #pnlSingles = new Map<number, { account: AccountSpec; conId: number; sent: string }>();

  constructor(readonly simulation: Simulation, readonly outbox: Outbox, readonly timeOfDay: () => string) {}

  /** Serves a request about accounts; false when it is about something else. */
  serve(request: Request): boolean {
    switch (request.kind) {
      case "positions":
        this.#positions = true;
        for (const holding of this.simulation.book.holdings()) this.#sendPosition(holding);
        this.outbox.add(positionEnd());
        return true;
      case "cancel-positions":
        this.#positions = false;
        return true;
      case "positions-multi":
        return this.#servePositionsMulti(request);
      case "cancel-positions-multi":
        this.#positionsMulti.delete(request.id);
        return true;
      case "account-updates":
        return this.#serveUpdates(request);
      case "account-updates-multi":
        return this.#serveUpdatesMulti(request);
      case "cancel-account-updates-multi":
        this.#updatesMulti.delete(request.id);
        return true;
      case "account-summary":
        return this.#serveSummary(request);
      case "cancel-account-summary":
        this.#summaries.delete(request.id);
        return true;
      case "pnl":
        return this.#withAccount(request.id, request.account, (account) => {
          this.#pnls.set(request.id, { account, sent: "" });
          this.sendPnl();
        });
      case "cancel-pnl":
        this.#pnls.delete(request.id);
        return true;
      case "pnl-single":
        return this.#withAccount(request.id, request.account, (account) => {
          this.#pnlSingles.set(request.id, { account, conId: request.conId, sent: "" });
          this.sendPnl();
        });
      case "cancel-pnl-single":
        this.#pnlSingles.delete(request.id);
        return true;
      default:
        return false;
    }
  }

  /** A count changed: those who follow positions hear it at once, with the account figures it moved. */
  positionChanged(accountId: string, listed: Listed): void {
    const holding = this.simulation.book.holding(accountId, listed.conId);
    if (holding === undefined) return;
    if (this.#positions) this.#sendPosition(holding);
    for (const [id, { account, model }] of this.#positionsMulti) {
      if (account === accountId || account === "") this.#sendPositionMulti(id, model, holding);
    }
    if (this.#updates?.account.id === accountId) this.#sendUpdates();
    this.sendPnl();
  }

  /** Account figures and portfolio rows that changed since they were sent. */
  refresh(): void {
    if (this.#updates !== null) this.#sendUpdates();
    for (const [id, stream] of this.#updatesMulti) this.#sendUpdatesMulti(id, stream);
    for (const summary of this.#summaries.values()) this.#sendSummary(summary);
  }

  /** P&L that changed since it was sent. */
  sendPnl(): void {
    const { book } = this.simulation;
    for (const [id, stream] of this.#pnls) {
      const { dailyPnl, unrealizedPnl, realizedPnl } = book.figures(stream.account);
      const text = `${dailyPnl} ${unrealizedPnl} ${realizedPnl}`;
      if (text === stream.sent) continue;
      stream.sent = text;
      this.outbox.add(pnl(id, dailyPnl, unrealizedPnl, realizedPnl));
    }
    for (const [id, stream] of this.#pnlSingles) {
      const holding = book.holding(stream.account.id, stream.conId);
      if (holding === undefined) {
        this.outbox.add(error(id, 2150, "Invalid position trade derived value"));
        this.#pnlSingles.delete(id);
        continue;
      }
      const own = book.pnl(holding);
      // In the account's currency, whatever the contract's is; a future's value is its notional here.
      const fx = book.toAccount(holding.listed.spec.currency, stream.account);
      const value = holding.quantity * holding.listed.spec.multiplier * this.simulation.market.mark(holding.listed);
      const figures = [own.dailyPnl, own.unrealizedPnl, own.realizedPnl, value].map((amount) => amount * fx);
      const text = `${holding.quantity} ${figures.join(" ")}`;
      if (text === stream.sent) continue;
      stream.sent = text;
      this.outbox.add(pnlSingle(id, holding.quantity, figures[0]!, figures[1]!, figures[2]!, figures[3]!));
    }
  }

  #servePositionsMulti({ id, account, model }: Request & { kind: "positions-multi" }): boolean {
    if (account !== "" && this.simulation.book.account(account) === undefined) return this.#unknownAccount(id, account);
    this.#positionsMulti.set(id, { account, model });
    const holdings = this.simulation.book.holdings(account === "" ? undefined : account);
    for (const holding of holdings) this.#sendPositionMulti(id, model, holding);
    this.outbox.add(positionMultiEnd(id));
    return true;
  }

  #serveUpdates({ subscribe, account: wanted }: Request & { kind: "account-updates" }): boolean {
    if (!subscribe) {
      this.#updates = null;
      return true;
    }
    // Without a name, the first account; one account at a time, a new request ends the old.
    const { accounts } = this.simulation.book;
    const account = wanted === "" ? accounts[0] : this.simulation.book.account(wanted);
    if (account === undefined) return this.#unknownAccount(-1, wanted);
    this.#updates = { account, sent: new Map() };
    this.#sendUpdates();
    this.outbox.add(accountDownloadEnd(account.id));
    return true;
  }

  #sendUpdates(): void {
    const { account, sent } = this.#updates!;
    const { book, market } = this.simulation;
    const values = [
      { tag: "AccountCode", value: account.id, currency: "" },
      { tag: "AccountReady", value: "true", currency: "" },
      ...accountValues(book, account),
      ...ledgerValues(book, account, true),
    ];
    let any = false;
    for (const value of news(values, sent)) {
      any = true;
      this.outbox.add(accountValue(value.tag, value.value, value.currency, account.id));
    }
    for (const holding of book.holdings(account.id)) {
      const own = book.pnl(holding);
      const row = portfolioValue({
        account: account.id,
        listed: holding.listed,
        quantity: holding.quantity,
        marketPrice: market.mark(holding.listed),
        marketValue: holding.quantity * holding.listed.spec.multiplier * market.mark(holding.listed),
        averageCost: book.averageCost(holding),
        unrealizedPnl: own.unrealizedPnl,
        realizedPnl: own.realizedPnl,
      });
      const key = `portfolio ${holding.listed.conId}`;
      const text = row.join();
      if (sent.get(key) === text) continue;
      sent.set(key, text);
      any = true;
      this.outbox.add(row);
    }
    if (any) this.outbox.add(accountUpdateTime(this.timeOfDay()));
  }

  #serveUpdatesMulti(request: Request & { kind: "account-updates-multi" }): boolean {
    const { id, model } = request;
    return this.#withAccount(id, request.account, (account) => {
      const stream = { account, model, sent: new Map<string, string>() };
      this.#updatesMulti.set(id, stream);
      this.#sendUpdatesMulti(id, stream);
      this.outbox.add(accountUpdateMultiEnd(id));
    });
  }

  #sendUpdatesMulti(id: number, stream: { account: AccountSpec; model: string; sent: Map<string, string> }): void {
    const { account, model, sent } = stream;
    const { book } = this.simulation;
    for (
      const { tag, value, currency } of news(
        [...accountValues(book, account), ...ledgerValues(book, account, true)],
        sent,
      )
    ) {
      this.outbox.add(accountUpdateMulti(id, account.id, model, tag, value, currency));
    }
  }

  #serveSummary({ id, group, tags }: Request & { kind: "account-summary" }): boolean {
    if (!this.#summaries.has(id) && this.#summaries.size >= SUMMARIES) {
      const why = "Error processing request.-'bH' : cause - Maximum number of account summary requests exceeded";
      this.outbox.add(error(id, 322, why));
      return true;
    }
    const { accounts } = this.simulation.book;
    const members = group === "All" ? accounts : accounts.filter((account) => account.id === group);
    if (members.length === 0) {
      this.outbox.add(error(id, 321, `Error validating request.-'bH' : cause - Invalid group '${group}'`));
      return true;
    }
    const summary = { id, tags, accounts: members, sent: new Map<string, string>() };
    this.#summaries.set(id, summary);
    this.#sendSummary(summary);
    this.outbox.add(accountSummaryEnd(id));
    return true;
  }

  #sendSummary({ id, tags, accounts, sent }: Summary): void {
    const { book } = this.simulation;
    const everything = tags.includes("All") || tags.length === 0;
    const ledger = tags.find((tag) => tag.startsWith("$LEDGER"));
    for (const account of accounts) {
      const values = accountValues(book, account).filter(({ tag }) => everything || tags.includes(tag));
      if (ledger !== undefined) {
        // `$LEDGER` sums, `$LEDGER:ALL` adds each currency, `$LEDGER:EUR` shows that one alone.
        const only = ledger.split(":")[1] ?? "";
        const rows = ledgerValues(book, account, only !== "");
        values.push(...rows.filter(({ currency }) => only === "" || only === "ALL" || currency === only));
      }
      for (const { tag, value, currency } of news(values, sent, account.id)) {
        this.outbox.add(accountSummary(id, account.id, tag, value, currency));
      }
    }
  }

  #sendPosition(holding: Holding): void {
    const { account, listed, quantity } = holding;
    this.outbox.add(position(account, listed, quantity, this.simulation.book.averageCost(holding)));
  }

  #sendPositionMulti(id: number, model: string, holding: Holding): void {
    const { account, listed, quantity } = holding;
    this.outbox.add(positionMulti(id, account, model, listed, quantity, this.simulation.book.averageCost(holding)));
  }

  #withAccount(id: number, name: string, serve: (account: AccountSpec) => void): boolean {
    const account = this.simulation.book.account(name);
    if (account === undefined) return this.#unknownAccount(id, name);
    serve(account);
    return true;
  }

  #unknownAccount(id: number, account: string): true {
    this.outbox.add(error(id, 321, `Error validating request.-'bB' : cause - Invalid account code '${account}'.`));
    return true;
  }
}

/** The values that differ from what was sent, which is brought up to date. */
function news(values: readonly AccountValue[], sent: Map<string, string>, owner = ""): readonly AccountValue[] {
  return values.filter(({ tag, value, currency }) => {
    const key = `${owner} ${tag} ${currency}`;
    if (sent.get(key) === value) return false;
    sent.set(key, value);
    return true;
  });
}
