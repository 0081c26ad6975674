/** A peer that speaks just enough of the TWS protocol for one test, answering as scripted. Server version 176. */
import type { ByteStream, ListeningSocket, Network } from "../../../src/application/ports/network.ts";
import type { VirtualClock } from "../../support/virtual_clock.ts";

export type Field = string | number | boolean;

export interface Request {
  readonly at: number;
  readonly connection: number;
  readonly fields: readonly string[];
}

export interface ScriptedContract {
  readonly conId: number;
  readonly symbol: string;
  readonly secType: string;
  readonly expiry?: string;
  readonly strike?: number;
  readonly right?: string;
  readonly multiplier?: string;
  readonly exchange?: string;
  readonly primaryExchange?: string;
  readonly currency?: string;
  readonly localSymbol?: string;
  readonly tradingClass?: string;
  readonly priceMagnifier?: number;
  readonly underConId?: number;
  readonly underSymbol?: string;
  readonly realExpirationDate?: string;
}

export const OUT = {
  mktData: "1",
  cancelMktData: "2",
  accountData: "6",
  executions: "7",
  contractData: "9",
  allOpenOrders: "16",
  currentTime: "49",
  marketDataType: "59",
  positions: "61",
  accountSummary: "62",
  cancelAccountSummary: "63",
  cancelPositions: "64",
  startApi: "71",
  pnl: "92",
  pnlSingle: "94",
} as const;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class ScriptedGateway {
  readonly requests: Request[] = [];
  /** Everything that arrived on the current connection, greeting included. */
  connections = 0;
  accounts = "DU1";
  readonly positions: {
    readonly account: string;
    readonly contract: ScriptedContract;
    quantity: Field;
    avgCost: Field;
  }[] = [];
  readonly contracts = new Map<number, ScriptedContract>();
  /** Replaces or silences the built-in answer: true when it dealt with the request. */
  script: (fields: readonly string[]) => boolean = () => false;
  greets = true;
  startsSession = true;
  frozen = false;
  /** What to say instead of starting the session. */
  refusal: { code: number; text: string } | null = null;
  version: Field = 176;
  stream: ByteStream | null = null;
  #held: Uint8Array[] = [];
  #socket: ListeningSocket | null = null;

  constructor(readonly clock: VirtualClock, readonly network: Network, readonly port = 7497) {}

  async listen(): Promise<this> {
    this.#socket = await this.network.listen({ host: "127.0.0.1", port: this.port }, (stream) => {
      const connection = ++this.connections;
      this.stream = stream;
      this.#held = [];
      let buffer = new Uint8Array(0);
      let greeted = false;
      return {
        onData: (bytes) => {
          buffer = joined(buffer, bytes);
          if (!greeted) {
            if (buffer.length < 8) return;
            const length = new DataView(buffer.buffer, 4, 4).getUint32(0);
            if (buffer.length < 8 + length) return;
            buffer = buffer.slice(8 + length);
            greeted = true;
            if (this.greets) this.send(this.version, "20261120 10:30:45 EST");
          }
          for (;;) {
            if (buffer.length < 4) return;
            const length = new DataView(buffer.buffer, buffer.byteOffset, 4).getUint32(0);
            if (buffer.length < 4 + length) return;
            const fields = decoder.decode(buffer.subarray(4, 4 + length)).split("\0").slice(0, -1);
            buffer = buffer.slice(4 + length);
            this.requests.push({ at: this.clock.monotonic(), connection, fields });
            if (!this.script(fields)) this.#answer(fields);
          }
        },
        onClose: () => {
          if (this.stream === stream) this.stream = null;
        },
      };
    });
    return this;
  }

  async stopListening(): Promise<void> {
    await this.#socket?.close();
  }

  drop(): void {
    this.stream?.close();
  }

  send(...fields: readonly Field[]): void {
    const body = encoder.encode(fields.map((each) => `${each}\0`).join(""));
    const frame = new Uint8Array(4 + body.length);
    new DataView(frame.buffer).setUint32(0, body.length);
    frame.set(body, 4);
    this.raw(frame);
  }

  raw(bytes: Uint8Array): void {
    if (this.frozen) this.#held.push(bytes);
    else this.stream?.write(bytes);
  }

  thaw(): void {
    this.frozen = false;
    for (const bytes of this.#held.splice(0)) this.stream?.write(bytes);
  }

  notice(code: number, text: string, id = -1): void {
    this.send(4, 2, id, code, text, "");
  }

  /** Requests of one kind, the newest last. */
  asked(kind: string): Request[] {
    return this.requests.filter((each) => each.fields[0] === kind);
  }

  /** The number of the newest market-data request of a contract. */
  lineOf(conId: number): number {
    const found = this.asked(OUT.mktData).filter((each) => each.fields[3] === String(conId)).at(-1);
    if (found === undefined) throw new Error(`no market data was asked for contract ${conId}`);
    return Number(found.fields[2]);
  }

  price(id: number, tick: number, price: Field, size: Field = 100): void {
    this.send(1, 6, id, tick, price, size, 0);
  }

  sendPosition(account: string, contract: ScriptedContract, quantity: Field, avgCost: Field): void {
    this.send(61, 3, account, ...contractFields(contract), quantity, avgCost);
  }

  sendDetails(id: Field, c: ScriptedContract): void {
    this.send(
      10,
      id,
      c.symbol,
      c.secType,
      c.expiry ?? "",
      c.strike ?? 0,
      c.right ?? "",
      c.exchange ?? "SMART",
      c.currency ?? "USD",
      c.localSymbol ?? c.symbol,
      c.symbol,
      c.tradingClass ?? c.symbol,
      c.conId,
      0.01,
      c.multiplier ?? "",
      "LMT",
      "SMART",
      c.priceMagnifier ?? 1,
      c.underConId ?? 0,
      "A name",
      c.primaryExchange ?? "",
      "",
      "",
      "",
      "",
      "US/Eastern",
      "",
      "",
      "",
      "",
      0,
      1,
      c.underSymbol ?? c.symbol,
      "STK",
      "26",
      c.realExpirationDate ?? "",
      "COMMON",
      1,
      1,
      100,
    );
  }

  execution(
    id: Field,
    c: ScriptedContract,
    fill: Record<"execId" | "side" | "time" | "account", string> & { shares: Field; price: Field },
  ): void {
    this.send(
      11,
      id,
      7,
      c.conId,
      c.symbol,
      c.secType,
      c.expiry ?? "",
      c.strike ?? 0,
      c.right ?? "",
      c.multiplier ?? "",
      c.exchange ?? "SMART",
      c.currency ?? "USD",
      c.localSymbol ?? c.symbol,
      c.tradingClass ?? c.symbol,
      fill.execId,
      fill.time,
      fill.account,
      "NASDAQ",
      fill.side,
      fill.shares,
      fill.price,
      99,
      1,
      0,
      fill.shares,
      fill.price,
      "",
      "",
      "",
      "",
      1,
    );
  }

  #answer(fields: readonly string[]): void {
    const [kind, , third = ""] = fields;
    switch (kind) {
      case OUT.startApi:
        return this.#start();
      case OUT.positions:
        for (const { account, contract, quantity, avgCost } of this.positions) {
          this.sendPosition(account, contract, quantity, avgCost);
        }
        return this.send(62, 1);
      case OUT.accountSummary:
        for (const account of this.accounts.split(",")) {
          this.send(63, 1, third, account, "NetLiquidation", "100000.50", "USD");
          this.send(63, 1, third, account, "MaintMarginReq", "25000", "USD");
          this.send(63, 1, third, account, "CashBalance", "1000", "EUR");
          this.send(63, 1, third, account, "ExchangeRate", "1.0852", "EUR");
          this.send(63, 1, third, account, "CashBalance", "5000", "USD");
          this.send(63, 1, third, account, "ExchangeRate", "1.00", "USD");
        }
        return this.send(64, 1, third);
      case OUT.contractData:
        return this.#details(fields);
      case OUT.executions:
        return this.send(55, 1, third);
      case OUT.currentTime:
        return this.send(49, 1, Math.floor(this.clock.now() / 1000));
      case OUT.pnl:
        return this.send(94, fields[1]!, 12.5, 100.25, 1.7976931348623157e308);
      case OUT.pnlSingle:
        return this.send(95, fields[1]!, 10, 1.5, 2.5, 1.7976931348623157e308, 1234.5);
      case OUT.allOpenOrders:
        return this.send(53, 1);
      case OUT.accountData:
        if (fields[2] === "1") this.send(54, 1, fields[3]!);
        return;
      case OUT.mktData:
        this.send(58, 1, third, 1);
        this.price(Number(third), 1, 10);
        return this.price(Number(third), 2, 10.1);
    }
  }

  #start(): void {
    if (this.refusal !== null) {
      this.notice(this.refusal.code, this.refusal.text);
      return this.drop();
    }
    if (!this.startsSession) return;
    this.send(15, 1, this.accounts);
    this.send(9, 1, 1);
    this.notice(2104, "Market data farm connection is OK:usfarm");
  }

  #details(fields: readonly string[]): void {
    const [, , id = "", conId = "", symbol] = fields;
    const found = this.contracts.get(Number(conId)) ??
      [...this.contracts.values()].find((each) => conId === "" && each.symbol === symbol);
    if (found === undefined) {
      return this.notice(200, "No security definition has been found for the request", Number(id));
    }
    this.sendDetails(id, found);
    this.send(52, 1, id);
  }

  /** Makes a contract known and holds it. */
  hold(contract: ScriptedContract, quantity: Field, avgCost: Field, account = "DU1"): void {
    this.contracts.set(contract.conId, contract);
    this.positions.push({ account, contract, quantity, avgCost });
  }
}

function contractFields(c: ScriptedContract): Field[] {
  return [
    c.conId,
    c.symbol,
    c.secType,
    c.expiry ?? "",
    c.strike ?? 0,
    c.right ?? "",
    c.multiplier ?? "",
    "",
    c.currency ?? "USD",
    c.localSymbol ?? c.symbol,
    c.tradingClass ?? c.symbol,
  ];
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
