/** What a person may ask of the market-data feeds from the screen: seldom, and never without a line in the log. */
import { instrumentKey, type KeyFields } from "../domain/instrument.ts";
import type { InstrumentRegistry } from "../domain/instrument_registry.ts";
import type { Clock } from "./ports/clock.ts";
import type { FeedAnswer, MarketDataFeed } from "./ports/feed.ts";
import type { Log } from "./ports/log.ts";

/** Brokers ration requests; a key that is held down must not use them up. */
export const FEED_REQUESTS_APART_MS = 5_000;

export interface FeedRequestPorts {
  readonly feeds: readonly MarketDataFeed[];
  readonly registry: InstrumentRegistry;
  readonly clock: Clock;
  readonly log: Log;
}

export class FeedRequests {
  readonly #ports: FeedRequestPorts;
  #lastAt = -Infinity;

  constructor(ports: FeedRequestPorts) {
    this.#ports = ports;
  }

  /** Asks anew for one contract's quotes. */
  resubscribe(contract: KeyFields & { readonly localSymbol?: string }): FeedAnswer {
    const { registry } = this.#ports;
    const index = registry.find(instrumentKey(contract));
    const name = contract.localSymbol || contract.symbol;
    if (index === null) return { done: false, words: "no source knows this contract" };
    return this.#asked(`Asking anew for the quotes of ${name}`, (feed) => feed.resubscribe(index), oneOf);
  }

  /** Makes the connections of all feeds anew. */
  reconnect(): FeedAnswer {
    return this.#asked("Connecting anew", (feed) => feed.reconnect(), allOf);
  }

  #asked(
    what: string,
    ask: (feed: MarketDataFeed) => FeedAnswer,
    answerOf: (answers: readonly FeedAnswer[]) => FeedAnswer,
  ): FeedAnswer {
    const { feeds, clock, log } = this.#ports;
    if (feeds.length === 0) return { done: false, words: "no broker is configured" };
    const waitMs = this.#lastAt + FEED_REQUESTS_APART_MS - clock.monotonic();
    if (waitMs > 0) return { done: false, words: `asked just now: again in ${Math.ceil(waitMs / 1000)} s` };
    this.#lastAt = clock.monotonic();
    const answer = answerOf(feeds.map(ask));
    log.write("INFO", "DATA", `${what}, as a person wants it: ${answer.words}`);
    return answer;
  }
}

/** One contract is quoted by one feed: the first that did something answers, else the last says why not. */
function oneOf(answers: readonly FeedAnswer[]): FeedAnswer {
  return answers.find(({ done }) => done) ?? answers.at(-1)!;
}

function allOf(answers: readonly FeedAnswer[]): FeedAnswer {
  return { done: answers.some(({ done }) => done), words: answers.map(({ words }) => words).join("; ") };
}
