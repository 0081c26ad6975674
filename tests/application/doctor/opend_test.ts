/** What the doctor makes of what was seen of OpenD. */
import assert from "node:assert/strict";
import type { Finding } from "../../../src/application/doctor/finding.ts";
import {
  OPEND_CHECKS,
  type OpenDContact,
  type OpenDExamination,
  type OpenDExpectation,
  openDFindings,
  type SeenFutuAccount,
} from "../../../src/application/doctor/opend.ts";

const EXPECTED: OpenDExpectation = {
  env: "prod",
  host: "127.0.0.1",
  port: 11111,
  securityFirm: "FUTUSECURITIES",
  trdEnv: "REAL",
  filterTrdmarket: "US",
  accounts: [],
  besideIb: true,
};

const ACCOUNT: SeenFutuAccount = {
  shown: "…334",
  isListed: false,
  firm: "FUTUSECURITIES",
  trdEnv: "REAL",
  markets: ["HK", "US"],
  isActive: true,
  isWatched: true,
};

const SEEN: OpenDExamination = {
  contact: { kind: "session", serverVersion: 1004 },
  isSimulated: false,
  accounts: [ACCOUNT],
  unknownAccounts: [],
  noAccounts: null,
  answers: [{ kind: "read", positions: 12, unknownCodes: [] }],
  clockAheadSeconds: 0,
};

type Named = (check: keyof typeof OPEND_CHECKS) => Finding;

function findings(seen: Partial<OpenDExamination> = {}, expected: Partial<OpenDExpectation> = {}): Named {
  const found = openDFindings({ ...SEEN, ...seen }, { ...EXPECTED, ...expected });
  assert.deepEqual(found.map(({ check }) => check), Object.values(OPEND_CHECKS), "always the same lines");
  for (const { check, status, fix } of found) {
    assert.equal(fix !== null, status === "warn" || status === "fail", `${check}: a fix wherever one is needed`);
  }
  return (check) => found.find((finding) => finding.check === OPEND_CHECKS[check]) ?? assert.fail(check);
}

Deno.test("an OpenD that answers for a real account is as it should be", () => {
  const finding = findings();
  assert.equal(finding("connection").found, "127.0.0.1:11111 answers, version 10.4");
  assert.equal(finding("account").found, "…334 (real, FUTUSECURITIES, US)");
  assert.equal(finding("data").found, "12 positions and the funds were read");
  assert.equal(finding("clock").found, "Futu and this machine agree");
});

for (
  const [contact, found, fix] of [
    [
      { kind: "refused", isUsualPortOpen: false },
      "Nothing listens on 127.0.0.1:11111",
      /Start Futu OpenD.*api_port.*futu\.port/,
    ],
    [{ kind: "forbidden" }, "This executable may not reach 127.0.0.1:11111", /APEX_ALLOW_NET=127\.0\.0\.1:11111/],
    [{ kind: "unreachable", reason: "no route" }, "Cannot reach 127.0.0.1:11111: no route", /futu\.host/],
    [{ kind: "silent" }, "127.0.0.1:11111 takes the connection and does not answer", /not its websocket_port/],
    [
      { kind: "hung-up", reason: "reset" },
      "127.0.0.1:11111 takes the connection and ends it: reset",
      /rsa_private_key/,
    ],
    [{ kind: "stranger", reason: "no FT" }, "127.0.0.1:11111 is no OpenD: no FT", /nor TWS's/],
    [
      { kind: "encrypted", reason: "SHA-1" },
      "127.0.0.1:11111 wants an encrypted connection: SHA-1",
      /Take rsa_private_key/,
    ],
    [
      { kind: "turned-away", reason: "版本过低" },
      "127.0.0.1:11111 refuses the connection: 版本过低",
      /update OpenD/,
    ],
    [
      { kind: "not-ready", reason: "it waits for a phone code" },
      "127.0.0.1:11111 answers, but is not ready: it waits for a phone code",
      /Log in to OpenD/,
    ],
  ] as const satisfies readonly (readonly [OpenDContact, string, RegExp])[]
) {
  Deno.test(`without a session (${contact.kind}) the doctor says why and what to do, and looks no further`, () => {
    const finding = findings({ contact, accounts: [], answers: [], clockAheadSeconds: null });
    assert.deepEqual([finding("connection").status, finding("connection").found], ["fail", found]);
    assert.match(finding("connection").fix ?? "", fix);
    for (const check of ["account", "data", "clock"] as const) assert.equal(finding(check).status, "skipped");
  });
}

Deno.test("of an OpenD on its usual port the doctor says so", () => {
  const { found, fix } = findings({ contact: { kind: "refused", isUsualPortOpen: true } }, { port: 11112 })(
    "connection",
  );
  assert.equal(found, "Nothing listens on 127.0.0.1:11112");
  assert.equal(fix, "127.0.0.1 listens on 11111, OpenD's own: set futu.port: 11111");
});

Deno.test("accounts that the settings leave aside say which setting", () => {
  const none = (account: Partial<SeenFutuAccount>, expected: Partial<OpenDExpectation> = {}) =>
    findings({ accounts: [{ ...ACCOUNT, isWatched: false, ...account }], answers: [] }, expected)("account");
  const paper = none({ trdEnv: "SIMULATE" });
  assert.deepEqual([paper.status, paper.found], ["fail", "none is real: …334"]);
  assert.match(paper.fix ?? "", /futu\.trd_env: SIMULATE/);
  const real = none({}, { trdEnv: "SIMULATE", env: "dev" });
  assert.match(`${real.found} ${real.fix}`, /^none is for paper trading: …334 Set futu\.trd_env: REAL/);
  const firm = none({ firm: "FUTUSG" });
  assert.deepEqual([firm.found, firm.fix], [
    "none is of FUTUSECURITIES: …334 of FUTUSG",
    "Set futu.security_firm: FUTUSG",
  ]);
  const market = none({ markets: ["HK", "SG"] });
  assert.equal(market.found, "none may trade in US: …334 has HK, SG");
  assert.match(market.fix ?? "", /^Set futu\.filter_trdmarket to one of HK, SG, or to NONE for all$/);
  assert.equal(none({ isActive: false }).found, "…334 is closed or disabled");
  const nobody = findings({ accounts: [], answers: [] })("account");
  assert.deepEqual([nobody.status, nobody.found], ["fail", "OpenD has no account at all"]);
});

Deno.test("a listed account that OpenD does not have, or that is closed, is told", () => {
  const unknown = findings({ unknownAccounts: ["…999"] })("account");
  assert.equal(unknown.found, "futu.accounts names …999, which this login does not have (it has …334)");
  const closed = findings({ accounts: [ACCOUNT, { ...ACCOUNT, shown: "…111", isActive: false }] })("account");
  assert.deepEqual([closed.status, closed.found], ["warn", "…111 of futu.accounts is closed or disabled"]);
  const refused = findings({ accounts: [], noAccounts: "交易未登录", answers: [] })("account");
  assert.deepEqual([refused.status, refused.found], ["fail", "OpenD does not list its accounts: 交易未登录"]);
});

Deno.test("a paper account in prod, a real one beside IB's paper one and a simulator in prod are told", () => {
  const paper = [{ ...ACCOUNT, trdEnv: "SIMULATE" as const }];
  assert.match(
    findings({ accounts: paper }, { trdEnv: "SIMULATE" })("account").found,
    /a paper account, and --env prod/,
  );
  assert.equal(findings({ accounts: paper }, { trdEnv: "SIMULATE", env: "dev" })("account").status, "ok");
  assert.equal(findings({}, { env: "dev" })("account").status, "warn");
  assert.equal(findings({}, { env: "dev", besideIb: false })("account").status, "ok");
  assert.equal(findings({ isSimulated: true })("connection").status, "fail");
  assert.match(findings({ isSimulated: true }, { env: "demo" })("connection").found, /\(simulated\)$/);
});

Deno.test("refused positions, contracts that nothing explains and a clock that is off are told", () => {
  const refused = findings({ answers: [{ kind: "refused", what: "funds", words: "OpenD refused it: 币种错误" }] })(
    "data",
  );
  assert.deepEqual([refused.status, refused.found], [
    "fail",
    "OpenD does not give the funds: OpenD refused it: 币种错误",
  ]);
  const unknown = findings({ answers: [{ kind: "read", positions: 1, unknownCodes: ["TCH261230C500000"] }] })("data");
  assert.equal(unknown.found, "1 position and the funds were read; nothing says what TCH261230C500000 is");
  assert.match(unknown.fix ?? "", /futu\.option_roots/);
  assert.equal(findings({ answers: [] })("data").status, "skipped");
  assert.deepEqual(
    [3, 4, -60, null].map((clockAheadSeconds) => findings({ clockAheadSeconds })("clock").status),
    ["ok", "warn", "fail", "warn"],
  );
});
