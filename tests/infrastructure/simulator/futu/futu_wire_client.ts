/** A client of OpenD for tests: sends questions, keeps what comes back. */
import type { ByteStream, Network } from "../../../../src/application/ports/network.ts";
import {
  decode,
  type Decoded,
  type Encodable,
  encode,
  type MessageTable,
} from "../../../../src/infrastructure/futu/wire/codec.ts";
import { encodeFrame, type Frame, FrameFault, FrameReader } from "../../../../src/infrastructure/futu/wire/frame.ts";
import {
  type Exchange,
  INIT_CONNECT,
  NOTIFY,
  type Push,
  requestOf,
  responseOf,
} from "../../../../src/infrastructure/futu/wire/messages.ts";

export interface Answer<S2C extends MessageTable> {
  readonly retType: number;
  readonly retMsg: string | null;
  readonly s2c: Decoded<S2C> | null;
}

export class FutuWireClient {
  readonly frames: Frame[] = [];
  readonly faults: string[] = [];
  closed = false;
  readonly #reader = new FrameReader();
  #stream!: ByteStream;
  #serial = 0;
  #wake: () => void = () => {};

  static async connect(network: Network, port: number): Promise<FutuWireClient> {
    const client = new FutuWireClient();
    client.#stream = await network.connect({ host: "127.0.0.1", port }, () => ({
      onData: (bytes) => client.#take(bytes),
      onClose: () => {
        client.closed = true;
        client.#wake();
      },
    }));
    return client;
  }

  /** Bytes of a frame that is not complete. */
  get pending(): number {
    return this.#reader.pending;
  }

  init({ recvNotify = true }: { readonly recvNotify?: boolean } = {}): number {
    return this.send(INIT_CONNECT, {
      clientVer: 905,
      clientID: "test",
      recvNotify,
      packetEncAlgo: -1,
      pushProtoFmt: 0,
    });
  }

  /** The serial number of the question. */
  send<C2S extends MessageTable, S2C extends MessageTable>(
    exchange: Exchange<C2S, S2C>,
    question: Encodable<C2S>,
  ): number {
    const body = encode<MessageTable>(requestOf(exchange), { c2s: question } as Encodable<MessageTable>);
    return this.sendBody(exchange.protoId, body);
  }

  sendBody(protoId: number, body: Uint8Array): number {
    this.#stream.write(encodeFrame({ protoId, serial: ++this.#serial, body }));
    return this.#serial;
  }

  sendRaw(bytes: Uint8Array): void {
    this.#stream.write(bytes);
  }

  /** What came back to a question; throws when nothing has. */
  answer<C2S extends MessageTable, S2C extends MessageTable>(
    exchange: Exchange<C2S, S2C>,
    serial: number,
  ): Answer<S2C> {
    const frame = this.frames.find((one) => one.protoId === exchange.protoId && one.serial === serial);
    if (frame === undefined) throw new Error(`No answer to ${exchange.name} (${serial}) has come`);
    return decode<MessageTable>(responseOf(exchange), frame.body) as unknown as Answer<S2C>;
  }

  answered(serial: number): boolean {
    return this.frames.some((frame) => frame.serial === serial && frame.protoId < 1_000_000);
  }

  pushes<S2C extends MessageTable>(push: Push<S2C>): readonly Decoded<S2C>[] {
    return this.frames.filter(({ protoId }) => protoId === push.protoId)
      .map(({ body }) => (decode<MessageTable>(responseOf(push), body) as unknown as Answer<S2C>).s2c!);
  }

  notices(): readonly string[] {
    return this.pushes(NOTIFY).flatMap(({ event }) => event === null ? [] : [event.desc]);
  }

  /** Resolves when the condition holds after something came. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.closed) throw new Error("The connection ended before it came about");
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  close(): void {
    this.#stream.close();
  }

  #take(bytes: Uint8Array): void {
    try {
      for (const frame of this.#reader.read(bytes)) this.frames.push(frame);
    } catch (cause) {
      if (!(cause instanceof FrameFault)) throw cause;
      this.faults.push(cause.message);
    }
    this.#wake();
  }
}
