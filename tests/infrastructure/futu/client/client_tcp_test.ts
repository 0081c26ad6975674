/** The client over real TCP on loopback, with the system's clock. */
import assert from "node:assert/strict";
import { dial } from "../../../../src/infrastructure/futu/client/dial.ts";
import { OpenDFault } from "../../../../src/infrastructure/futu/client/opend.ts";
import { encodeFrame } from "../../../../src/infrastructure/futu/wire/frame.ts";
import { GET_ACC_LIST, GET_FUNDS, GET_POSITION_LIST } from "../../../../src/infrastructure/futu/wire/messages.ts";
import { tcpNetwork } from "../../../../src/infrastructure/net/tcp.ts";
import { systemClock } from "../../../../src/infrastructure/system_clock.ts";
import { HEADER, SETTINGS } from "./client_desk.ts";
import { answer, answerBody, RawOpenD } from "./raw_opend.ts";

const POSITION = {
  positionID: "1",
  positionSide: 0,
  code: "AAPL",
  name: "苹果",
  qty: 100,
  canSellQty: 100,
  price: 190,
  val: 19_000,
  plVal: 0,
};

Deno.test("over TCP: a session is made, a large answer in many pieces is read, and a drop fails what is open", async () => {
  const network = tcpNetwork();
  const clock = systemClock();
  const opend = new RawOpenD(network, () => clock.monotonic(), { host: "127.0.0.1", port: 0 });
  const port = await opend.listen();
  // About 1 MB: more than one read of the socket gives.
  const positionList = Array.from({ length: 12_000 }, () => POSITION);
  opend.answers.set(GET_ACC_LIST.protoId, ({ peer, protoId, serial }) => {
    const frame = encodeFrame({ protoId, serial, body: answerBody(GET_ACC_LIST, {}) });
    // One byte at a time, together with the next answer's.
    for (const byte of frame) peer.stream.write(Uint8Array.of(byte));
  });
  opend.answers.set(GET_POSITION_LIST.protoId, (question) => {
    answer(question, GET_POSITION_LIST, { header: HEADER, positionList });
  });
  opend.answers.set(GET_FUNDS.protoId, ({ peer }) => peer.stream.close());
  const settings = { ...SETTINGS, port };
  try {
    const session = await dial({ settings, network, clock, log: { write() {} } });
    const [accounts, positions] = await Promise.all([
      session.ask(GET_ACC_LIST, { userID: "0" }),
      session.ask(GET_POSITION_LIST, { header: HEADER }),
    ]);
    assert.deepEqual(accounts.accList, []);
    assert.equal(positions.positionList.length, 12_000);
    assert.equal(positions.positionList.at(-1)!.name, "苹果");
    await assert.rejects(session.ask(GET_FUNDS, { header: HEADER }), (fault: unknown) => {
      assert.ok(fault instanceof OpenDFault);
      assert.equal(fault.kind, "lost");
      return true;
    });
  } finally {
    await opend.close();
  }
  await assert.rejects(
    dial({ settings, network, clock, log: { write() {} } }),
    new RegExp(`Cannot reach OpenD at 127\\.0\\.0\\.1:${port}: .*refused.*Start OpenD`),
  );
});
