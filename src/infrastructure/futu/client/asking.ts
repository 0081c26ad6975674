/** One question's way: through the line of its message, to OpenD, and back into the line when OpenD was asked too often. */
import type { Link, Reply } from "./link.ts";
import { OpenDFault } from "./opend.ts";
import { isCounted, type RateLimit } from "./rate_limit.ts";
import type { Asked, Exchange } from "../wire/messages.ts";

/** Each comes after a full window: whoever is refused that often shares the limit with a client that uses it up. */
export const MOST_RETRIES = 3;

export interface Asking<E extends Exchange> {
  readonly exchange: E;
  readonly question: Asked<E>;
  readonly body: Uint8Array;
  readonly onWait: (ms: number) => void;
}

/** The returned function withdraws it, wherever it is. The reply is called once at most, and not after that. */
export function startAsking<E extends Exchange>(
  { link, rateLimit }: { readonly link: Link; readonly rateLimit: RateLimit },
  { exchange, question, body, onWait }: Asking<E>,
  reply: Reply<E>,
): () => void {
  const counted = isCounted(exchange, question);
  const order = rateLimit.nextOrder();
  let refusals = 0;
  let withdraw: () => void = () => {};
  lineUp();
  return () => withdraw();

  function lineUp(): void {
    if (rateLimit.take(exchange, counted)) send();
    else withdraw = rateLimit.wait(exchange, { order, onTurn: send, onWait });
  }

  function send(): void {
    withdraw = link.ask(exchange, body, { onAnswer: (answer) => reply.onAnswer(answer), onFault: takeFault });
  }

  function takeFault(fault: OpenDFault): void {
    if (fault.kind !== "rate-limited") return reply.onFault(fault);
    rateLimit.refused(exchange);
    if (++refusals <= MOST_RETRIES) return lineUp();
    const words =
      `${fault.message}, although APEX waited ${MOST_RETRIES} times: another client of this OpenD asks for it too`;
    reply.onFault(new OpenDFault("rate-limited", words, fault.said));
  }
}
