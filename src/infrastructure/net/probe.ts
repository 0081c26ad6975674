/** What a connection shows of the other side, for who looks rather than works. */
import type { Clock } from "../../application/ports/clock.ts";
import type { Address, Network } from "../../application/ports/network.ts";

const PORT_WITHIN_MS = 1_000;

/** Whether somebody takes a connection there. */
export async function isListening(address: Address, network: Network, clock: Clock): Promise<boolean> {
  const dialling = new AbortController();
  const late = Promise.withResolvers<boolean>();
  const cancel = clock.after(PORT_WITHIN_MS, () => {
    dialling.abort();
    late.resolve(false);
  });
  const dialled = network.connect(address, () => ({ onData() {}, onClose() {} }), dialling.signal).then(
    (stream) => {
      stream.close();
      return true;
    },
    // Refused, or not allowed: nobody to recommend either way.
    () => false,
  );
  try {
    return await Promise.race([dialled, late.promise]);
  } finally {
    cancel();
  }
}

/** Notes how far a connection came. */
export class WatchedNetwork implements Network {
  isOpened = false;
  /** Something arrived. */
  hasAnswered = false;
  /** The other side ended it. */
  hasEnded = false;
  failure: unknown = null;

  constructor(readonly network: Network) {}

  async connect(...[address, events, signal]: Parameters<Network["connect"]>) {
    try {
      return await this.network.connect(address, (stream) => {
        this.isOpened = true;
        let isOurs = false;
        const owner = events({
          get backlog() {
            return stream.backlog;
          },
          write: (bytes) => stream.write(bytes),
          close() {
            isOurs = true;
            stream.close();
          },
        });
        return {
          onData: (bytes) => {
            this.hasAnswered = true;
            owner.onData(bytes);
          },
          onClose: (cause) => {
            this.hasEnded ||= !isOurs;
            owner.onClose(cause);
          },
        };
      }, signal);
    } catch (fault) {
      this.failure = fault;
      throw fault;
    }
  }

  listen(...[address, accept]: Parameters<Network["listen"]>) {
    return this.network.listen(address, accept);
  }
}
