/** A client that speaks the TWS protocol in bytes and understands nothing: what a test sees is what was sent. */
import type { ByteStream, Network } from "../../../src/application/ports/network.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class WireClient {
  readonly messages: string[][] = [];
  /** Every byte received, for comparing whole sessions. */
  readonly bytes: Uint8Array[] = [];
  closed = false;
  #stream!: ByteStream;
  #buffer: Uint8Array = new Uint8Array(0);
  #waiters: (() => void)[] = [];

  static async connect(network: Network, port: number, range = "v100..178"): Promise<WireClient> {
    const client = new WireClient();
    client.#stream = await network.connect({ host: "127.0.0.1", port }, () => ({
      onData: (bytes) => client.#receive(bytes),
      onClose: () => {
        client.closed = true;
        client.#wake();
      },
    }));
    const greeting = encoder.encode(range);
    client.write(Uint8Array.of(...encoder.encode("API\0"), 0, 0, 0, greeting.length, ...greeting));
    return client;
  }

  write(bytes: Uint8Array): void {
    this.#stream.write(bytes);
  }

  send(...fields: (string | number)[]): void {
    const body = encoder.encode(fields.join("\0") + "\0");
    const bytes = new Uint8Array(body.length + 4);
    new DataView(bytes.buffer).setUint32(0, body.length);
    bytes.set(body, 4);
    this.write(bytes);
  }

  startApi(clientId = 1): void {
    this.send(71, 2, clientId, "");
  }

  /** Messages with that number, without the number itself. */
  all(messageId: number): string[][] {
    return this.messages.filter(([id]) => id === String(messageId)).map(([, ...fields]) => fields);
  }

  /** Errors as `[request id, code]`. */
  errors(): (readonly [number, number])[] {
    return this.all(4).map(([, id, code]) => [Number(id), Number(code)] as const);
  }

  clear(): void {
    this.messages.length = 0;
  }

  /** Resolves once the condition holds; looks again after each arrival. The test runner's own limit bounds it. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition() && !this.closed) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  close(): void {
    this.#stream.close();
  }

  #receive(bytes: Uint8Array): void {
    this.bytes.push(bytes.slice());
    const joined = new Uint8Array(this.#buffer.length + bytes.length);
    joined.set(this.#buffer);
    joined.set(bytes, this.#buffer.length);
    this.#buffer = joined;
    for (;;) {
      if (this.#buffer.length < 4) break;
      const length = new DataView(this.#buffer.buffer, this.#buffer.byteOffset).getUint32(0);
      if (this.#buffer.length < 4 + length) break;
      const fields = decoder.decode(this.#buffer.subarray(4, 4 + length)).split("\0");
      fields.pop();
      this.messages.push(fields);
      this.#buffer = this.#buffer.subarray(4 + length);
    }
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }
}

/** The contract fields of a request, empty where not named. */
export function contractFields(named: Partial<Record<typeof CONTRACT_FIELDS[number], string | number>>) {
  return CONTRACT_FIELDS.map((name) => named[name] ?? (name === "conId" || name === "strike" ? 0 : ""));
}

const CONTRACT_FIELDS = [
  "conId",
  "symbol",
  "secType",
  "lastTradeDate",
  "strike",
  "right",
  "multiplier",
  "exchange",
  "primaryExchange",
  "currency",
  "localSymbol",
  "tradingClass",
] as const;
