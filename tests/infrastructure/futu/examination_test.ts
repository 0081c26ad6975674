/** Each way in which OpenD is not as it should be, and what the doctor says of it. */
import assert from "node:assert/strict";
import type { Finding } from "../../../src/application/doctor/finding.ts";
import { OPEND_CHECKS, openDFindings } from "../../../src/application/doctor/opend.ts";
import type { Network } from "../../../src/application/ports/network.ts";
import type { Environment, FutuSettings } from "../../../src/application/settings.ts";
import { examineOpenD } from "../../../src/infrastructure/futu/examination.ts";
import { GET_ACC_LIST, INIT_CONNECT } from "../../../src/infrastructure/futu/wire/messages.ts";
import type { FutuFault } from "../../../src/infrastructure/simulator/futu/scenario.ts";
import type { OpenD } from "../../../src/infrastructure/simulator/futu/open_d.ts";
import { MemoryNetwork } from "../../support/memory_network.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";
import { onFutuStage } from "../simulator/futu/virtual_open_d.ts";
import { SETTINGS } from "./client/client_desk.ts";
import { RawOpenD, refuse, status } from "./client/raw_opend.ts";

const DEMO = Deno.readTextFileSync("config/scenarios/futu-demo.yaml");
/** Less than what the doctor gives it. */
const LIMIT_MS = 18_000;

type Named = (check: keyof typeof OPEND_CHECKS) => Finding;

interface Examined {
  readonly env?: Environment;
  readonly settings?: Partial<FutuSettings>;
}

async function examined(network: Network, clock: VirtualClock, { env = "prod", settings }: Examined): Promise<Named> {
  const wanted = { ...SETTINGS, ...settings };
  let findings: readonly Finding[] | null = null;
  let failure: unknown = null;
  examineOpenD({
    settings: wanted,
    baseCurrency: "USD",
    network,
    clock,
    log: { write() {} },
    signal: new AbortController().signal,
  }).then(
    (seen) => findings = openDFindings(seen, { env, ...wanted, besideIb: true }),
    (fault) => failure = fault,
  );
  await clock.until(() => findings !== null || failure !== null, LIMIT_MS, "an end");
  if (failure !== null) throw failure;
  const found: readonly Finding[] = findings ?? [];
  assert.deepEqual(found.map(({ check }) => check), Object.values(OPEND_CHECKS), "always the same lines");
  return (check) => found.find((finding) => finding.check === OPEND_CHECKS[check]) ?? assert.fail(check);
}

/** On the demo's simulated OpenD. */
async function onDemo(
  options: Examined,
  look: (finding: Named, openD: OpenD) => void,
  fault: FutuFault | null = null,
): Promise<void> {
  await onFutuStage(DEMO, async ({ clock, network, openD }) => {
    if (fault !== null) openD.fault(fault);
    const settings = { port: openD.port, ...options.settings };
    look(await examined(network, clock, { env: "demo", ...options, settings }), openD);
    await clock.advance(10);
    assert.equal(openD.clients, 0, "the connection is ended");
    assert.equal(openD.tradeMessagesReceived, 0);
  });
}

async function onRaw(script: (opend: RawOpenD, clock: VirtualClock) => void, options: Examined = {}): Promise<Named> {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const opend = new RawOpenD(network, () => clock.monotonic());
  await opend.listen();
  script(opend, clock);
  const finding = await examined(network, clock, options);
  await clock.advance(5);
  assert.deepEqual([clock.pendingTimers, opend.peers.filter(({ isClosed }) => !isClosed)], [0, []]);
  return finding;
}

Deno.test("an OpenD with accounts that fit is as it should be, and asked for nothing else", async () => {
  await onDemo({}, (finding) => {
    assert.match(finding("connection").found, /^127\.0\.0\.1:\d+ answers, version 9\.5 \(simulated\)$/);
    assert.equal(finding("account").found, "…383, …915 (real, FUTUSECURITIES, US)", "not the whole numbers");
    assert.match(finding("data").found, /^\d+ positions and the funds were read/);
    assert.equal(finding("clock").found, "Futu and this machine agree");
  });
});

Deno.test("the positions of the markets that are watched are counted, and no others", async () => {
  // In the demo five in the United States and two in Hong Kong, and one of the account of one market.
  for (const [filterTrdmarket, positions] of [["US", 6], ["HK", 2], ["NONE", 8]] as const) {
    await onDemo({ settings: { filterTrdmarket } }, (finding) => {
      assert.match(finding("data").found, new RegExp(`^${positions} positions and the funds were read`));
    });
  }
});

Deno.test("accounts that the settings leave aside, each said with its setting", async () => {
  await onDemo({ settings: { securityFirm: "FUTUSG" } }, (finding) => {
    assert.match(finding("account").found, /^none is of FUTUSG: …383.* of FUTUSECURITIES$/);
    assert.equal(finding("account").fix, "Set futu.security_firm: FUTUSECURITIES");
    assert.equal(finding("data").status, "skipped");
  });
  await onDemo({ settings: { filterTrdmarket: "JP" } }, (finding) => {
    assert.match(finding("account").found, /^none may trade in JP: …383/);
  });
  await onDemo({ settings: { accounts: ["281756479345015383", "281756000000000042"] } }, (finding) => {
    assert.match(finding("account").found, /^futu\.accounts names …042, which this login does not have/);
  });
  await onDemo({ settings: { trdEnv: "SIMULATE" } }, (finding) => {
    assert.equal(finding("account").found, "…871 (paper, FUTUSECURITIES, US)");
    assert.equal(finding("data").status, "ok");
  });
});

Deno.test("a simulated OpenD in prod, and one that is logged out, are told", async () => {
  await onDemo({ env: "prod" }, (finding) => assert.match(finding("connection").found, /a simulated OpenD/));
  await onDemo({}, (finding) => {
    assert.match(finding("connection").found, /answers, but is not ready: OpenD is not logged in|is logging in/);
    assert.equal(finding("account").status, "skipped");
  }, { kind: "logout", seconds: null });
});

Deno.test("a person who is wanted at OpenD's login is asked for at once", async () => {
  const finding = await onRaw((opend) => opend.state = status(4));
  assert.match(finding("connection").found, /not ready: OpenD's login waits for the code sent to the phone/);
});

Deno.test("without OpenD the doctor says how to start it, and where one listens", async () => {
  const clock = new VirtualClock();
  const nobody = await examined(new MemoryNetwork(clock), clock, {});
  assert.equal(nobody("connection").found, "Nothing listens on 127.0.0.1:11111");
  const elsewhere = await onRaw(() => {}, { settings: { port: 11112 } });
  assert.equal(elsewhere("connection").fix, "127.0.0.1 listens on 11111, OpenD's own: set futu.port: 11111");
});

Deno.test("whatever else listens there is told from an OpenD that is silent, hangs up or wants encryption", async () => {
  const silent = await onRaw((opend) => opend.answers.delete(INIT_CONNECT.protoId));
  assert.match(silent("connection").found, /takes the connection and does not answer$/);
  const stranger = await onRaw((opend) =>
    opend.answers.set(INIT_CONNECT.protoId, ({ peer }) => peer.stream.write(new TextEncoder().encode("HTTP/1.1 400")))
  );
  assert.match(stranger("connection").found, /is no OpenD: .*does not begin with FT/);
  const hungUp = await onRaw((opend) => opend.answers.set(INIT_CONNECT.protoId, ({ peer }) => peer.stream.close()));
  assert.match(hungUp("connection").found, /takes the connection and ends it: /);
  const encrypted = await onRaw((opend) =>
    opend.answers.set(INIT_CONNECT.protoId, (question) => refuse(question, "需要RSA加密"))
  );
  assert.match(encrypted("connection").found, /wants an encrypted connection: .*RSA/);
  assert.match(encrypted("connection").fix ?? "", /rsa_private_key/);
  const refused = await onRaw((opend) =>
    opend.answers.set(INIT_CONNECT.protoId, (question) => refuse(question, "客户端版本过低"))
  );
  assert.match(refused("connection").found, /refuses the connection: .*客户端版本过低/);
});

Deno.test("a list of accounts that is refused, and a clock that is off, are told", async () => {
  const finding = await onRaw((opend) =>
    opend.answers.set(GET_ACC_LIST.protoId, (question) => refuse(question, "未登录"))
  );
  assert.match(finding("account").found, /^OpenD does not list its accounts: .*未登录$/);
  // The scripted OpenD's clock stands still at a time of its own.
  assert.match(finding("clock").found, /^Futu's clock is \d+ s (ahead of|behind) this machine's$/);
});
