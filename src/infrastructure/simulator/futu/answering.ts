/** Questions and answers of OpenD as the simulator reads and writes them. */
import { decode, type Decoded, type Encodable, encode, type MessageTable } from "../../futu/wire/codec.ts";
import { encodeFrame } from "../../futu/wire/frame.ts";
import { type Exchange, type Push, requestOf, responseOf } from "../../futu/wire/messages.ts";

/** OpenD's general no, and its word for a message that it cannot read or does not know (Common.RetType). */
export const RET_FAILED = -1;
export const RET_INVALID = -500;

/** A question refused, in OpenD's words. */
export interface Refusal {
  readonly refused: string;
  readonly retType: number;
}

export type Reply<S2C extends MessageTable> = { readonly s2c: Encodable<S2C> } | Refusal;

export function refusal(refused: string, retType = RET_FAILED): Refusal {
  return { refused, retType };
}

/** Reads a question's body and gives the body of what comes back. */
export type Responder<Caller> = (body: Uint8Array, caller: Caller) => Uint8Array;

/**
 * Pairs a message's number with what answers it.
 *
 * @throws {CodecFault} from the responder for a body that is not the message
 */
export function answering<C2S extends MessageTable, S2C extends MessageTable, Caller>(
  exchange: Exchange<C2S, S2C>,
  answer: (question: Decoded<C2S>, caller: Caller) => Reply<S2C>,
): readonly [protoId: number, responder: Responder<Caller>] {
  const request = requestOf(exchange);
  const respond = (body: Uint8Array, caller: Caller) => {
    const { c2s } = decode(request, body) as { readonly c2s: Decoded<C2S> };
    return replyBody(exchange, answer(c2s, caller));
  };
  return [exchange.protoId, respond];
}

export function refusalBody({ refused, retType }: Refusal): Uint8Array {
  return encode(responseOf({ s2c: {} }), { retType, retMsg: refused, errCode: 0 });
}

function replyBody<S2C extends MessageTable>(message: Pick<Push<S2C>, "s2c">, reply: Reply<S2C>): Uint8Array {
  if ("refused" in reply) return refusalBody(reply);
  const response = { retType: 0, retMsg: "", errCode: 0, s2c: reply.s2c };
  return encode<MessageTable>(responseOf(message), response as Encodable<MessageTable>);
}

export function pushFrame<S2C extends MessageTable>(push: Push<S2C>, s2c: Encodable<S2C>, serial: number): Uint8Array {
  return encodeFrame({ protoId: push.protoId, serial, body: replyBody(push, { s2c }) });
}
