/** The largest book that OpenD is expected to send: one answer of 10,000 positions, in the pieces that a socket gives. */
import { decode, encode } from "../../src/infrastructure/futu/wire/codec.ts";
import { encodeFrame, FrameReader } from "../../src/infrastructure/futu/wire/frame.ts";
import { type FutuPosition, GET_POSITION_LIST, responseOf } from "../../src/infrastructure/futu/wire/messages.ts";

const POSITIONS = 10_000;
const PIECE_BYTES = 64 * 1024;
const ANSWER = responseOf(GET_POSITION_LIST);

const body = encode(ANSWER, {
  retType: 0,
  s2c: {
    header: { trdEnv: 1, accID: "281756455988247915", trdMarket: 2 },
    positionList: Array.from({ length: POSITIONS }, (_, at) => position(at)),
  },
});
const frame = encodeFrame({ protoId: GET_POSITION_LIST.protoId, serial: 1, body });

Deno.bench(`a frame of ${POSITIONS} positions in pieces of 64 KB (budget 50 ms)`, () => {
  const reader = new FrameReader();
  let frames = 0;
  for (let at = 0; at < frame.length; at += PIECE_BYTES) {
    for (const _ of reader.read(frame.subarray(at, at + PIECE_BYTES))) frames++;
  }
  if (frames !== 1) throw new Error(`${frames} frames were read, not one`);
});

Deno.bench(`${POSITIONS} positions decoded (budget 100 ms)`, () => {
  const read = decode(ANSWER, body).s2c?.positionList.length;
  if (read !== POSITIONS) throw new Error(`${read} positions were read`);
});

function position(at: number): FutuPosition {
  const price = 1 + at / 100;
  return {
    positionID: String(5_900_000_000_000_000_000n + BigInt(at)),
    positionSide: at % 2,
    code: `AAPL271217C${100_000 + at * 500}`,
    name: "苹果 271217 100.00C",
    qty: at,
    canSellQty: at,
    price,
    costPrice: price,
    val: at * price * 100,
    plVal: 12.5,
    plRatio: 0.05,
    secMarket: 2,
    td_plVal: 1.25,
    td_trdVal: 0,
    td_buyVal: 0,
    td_buyQty: 0,
    td_sellVal: 0,
    td_sellQty: 0,
    unrealizedPL: 12.5,
    realizedPL: 0,
    currency: 2,
    trdMarket: 2,
    dilutedCostPrice: price,
    averageCostPrice: price,
    averagePlRatio: 0.05,
    comboID: null,
    positionType: null,
  };
}
