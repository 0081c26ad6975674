/** Someone at the other end of a control connection, who reads as fast or as slowly as a test wants. */
import { ControlServer, type ControlServerNeeds } from "../../../src/application/control/control_server.ts";
import { helloLine, type Request } from "../../../src/application/control/protocol.ts";
import type { ByteStream, StreamEvents } from "../../../src/application/ports/network.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

export const TOKEN = "0a".repeat(32);
export const PROOF = "f5".repeat(32);

export class Caller implements ByteStream {
  /** Bytes that were not read; a test that reads slowly sets `reads` to false. */
  backlog = 0;
  reads = true;
  isClosed = false;
  said = "";
  /** Bytes that came in one go. */
  largest = 0;
  readonly #events: StreamEvents;

  constructor(server: ControlServer) {
    this.#events = server.accept(this);
  }

  write(bytes: Uint8Array): void {
    if (this.isClosed) return;
    this.largest = Math.max(this.largest, bytes.length);
    if (!this.reads) this.backlog += bytes.length;
    this.said += new TextDecoder().decode(bytes);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.backlog = 0;
    this.#events.onClose(null);
  }

  says(text: string): this {
    if (!this.isClosed) this.#events.onData(new TextEncoder().encode(text));
    return this;
  }

  knocks(token = TOKEN): this {
    return this.says(helloLine(token));
  }

  asks(id: number, method = "status"): this {
    return this.says(`${JSON.stringify({ id, method })}\n`);
  }

  /** Each answer so far, the welcome left out. */
  get answers(): { readonly id?: number; readonly result?: unknown; readonly error?: { readonly code: string } }[] {
    return this.said.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line))
      .filter((answer) => answer.apex === undefined);
  }
}

/** A server under a virtual clock that answers each request with its method. */
export class Desk {
  readonly clock = new VirtualClock();
  readonly logged: string[] = [];
  readonly asked: Request[] = [];
  readonly server: ControlServer;

  constructor(answer: ControlServerNeeds["answer"] = ({ method }) => Promise.resolve(method)) {
    this.server = new ControlServer({
      ...{ token: TOKEN, proof: PROOF, env: "demo", version: "0.1.0", clock: this.clock },
      log: { write: (_level, _category, message, data) => this.logged.push(message + JSON.stringify(data ?? {})) },
      answer: (request) => {
        this.asked.push(request);
        return answer(request);
      },
    });
  }

  caller(): Caller {
    return new Caller(this.server);
  }
}
