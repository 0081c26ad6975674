import assert from "node:assert/strict";
import { missingOf, missingOfNotice } from "../../../../src/infrastructure/futu/client/readiness.ts";
import { isLoopback, refusalOf, saidText } from "../../../../src/infrastructure/futu/client/words.ts";
import { status } from "./raw_opend.ts";

const NOTICE = { type: 1, event: null, programStatus: null, connectStatus: null };

function refused(retMsg: string | null, retType = -1, errCode: number | null = null, host = "127.0.0.1") {
  return refusalOf("Trd_GetFunds", host, { retType, retMsg, errCode });
}

Deno.test("a refusal for asking too often is told from others in the languages of OpenD", () => {
  for (
    const text of [
      "获取历史订单频率太高，请求失败，每30秒最多10次。",
      "獲取歷史訂單頻率太高",
      "The request is too frequent, at most 10 times in 30 seconds.",
      "Request frequency is too high",
    ]
  ) {
    const fault = refused(text);
    assert.equal(fault.kind, "rate-limited", text);
    assert.equal(fault.said, text);
  }
  // An SMS that was asked for too often is no question of ours.
  assert.equal(refused("需要手机验证码,请求手机验证码失败,短信请求过于频繁，请稍后再试").kind, "refused");
  assert.equal(refused("频率太高", -100).kind, "timeout");
});

Deno.test("each return type has words of our own, with OpenD's beside them", () => {
  assert.match(refused("失败").message, /^OpenD refuses Trd_GetFunds; OpenD says: 失败$/);
  assert.match(refused("x", -100).message, /no answer to Trd_GetFunds from Futu's servers in time; OpenD says: x/);
  assert.equal(refused("x", -100).kind, "timeout");
  assert.match(refused("x", -200).message, /cut off from Futu's servers/);
  assert.match(refused("x", -400).message, /does not know what became of Trd_GetFunds/);
  assert.match(refused("x", -500).message, /cannot read Trd_GetFunds.*install the newest OpenD/);
  assert.match(refused("x", -7).message, /the code -7, which is not known/);
  assert.match(refused(null, -1, 404).message, /^OpenD refuses Trd_GetFunds \(error 404\)$/);
  assert.equal(refused(null).said, null);
});

Deno.test("known refusals say what to do", () => {
  const known: readonly (readonly [string, RegExp])[] = [
    ["需要手机验证码", /input_phone_verify_code/],
    ["需要图形验证码", /input_pic_verify_code/],
    ["协议需要加密", /remove rsa_private_key/],
    ["Something wrong with the specified securities firm ", /futu\.security_firm/],
    ["Nonexisting acc_id", /futu\.accounts/],
    ["ERROR. No one available account!", /futu\.security_firm and futu\.trd_env/],
    ["模拟交易不支持查询成交", /paper accounts/],
    ["交易服务器未登录", /not logged in to Futu/],
    ["网络中断", /check its network/],
  ];
  for (const [text, words] of known) {
    const fault = refused(text);
    assert.match(fault.message, words, text);
    assert.ok(fault.message.endsWith(`OpenD says: ${text.trim()}`), fault.message);
  }
});

Deno.test("a refusal that came from another machine says that OpenD wants those encrypted", () => {
  assert.match(
    refused("失败", -1, null, "10.0.0.5").message,
    /from another machine only when they are encrypted.*ssh -L/,
  );
  assert.doesNotMatch(refused("失败", -1, null, "localhost").message, /another machine/);
});

Deno.test("this machine is known by its names and addresses", () => {
  for (const host of ["localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"]) {
    assert.equal(isLoopback(host), true, host);
  }
  for (const host of ["10.0.0.1", "127.example.com", "localhost.lan", "::2"]) {
    assert.equal(isLoopback(host), false, host);
  }
});

Deno.test("what OpenD says is kept on one line, cut when it is long, and without account numbers", () => {
  assert.equal(saidText("Nonexisting acc_id 281756473194939823!\n retry\u0007"), "Nonexisting acc_id …823! retry");
  assert.equal(saidText("x".repeat(5_000))!.length, 301);
  assert.equal(saidText(" \n"), null);
  assert.equal(saidText(null), null);
  const fault = refused("账户 281756473194939823 不存在");
  assert.doesNotMatch(`${fault.message} ${fault.said}`, /281756473194939823/);
});

Deno.test("OpenD is ready when its status says so and it is logged in for trading, or when it has no status to say", () => {
  assert.equal(missingOf(status(10)), null);
  assert.equal(missingOf({ programStatus: null, trdLogined: true }), null);
  assert.match(
    missingOf({ programStatus: null, trdLogined: false })!.words,
    /not logged in to Futu's servers for trading/,
  );
  assert.match(missingOf({ ...status(10), trdLogined: false })!.words, /not logged in to Futu's servers for trading/);
});

Deno.test("each status of OpenD but ready has words, and tells what passes from what needs somebody", () => {
  const passing = [0, 1, 2, 7];
  const seen = new Set<string>();
  for (const type of [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 99]) {
    const { words, needsPerson } = missingOf(status(type))!;
    assert.equal(seen.has(words), false, words);
    seen.add(words);
    assert.equal(needsPerson, !passing.includes(type) && type !== 99, words);
  }
  assert.match(missingOf(status(3))!.words, /picture.*input_pic_verify_code/);
  assert.match(missingOf(status(4))!.words, /phone.*input_phone_verify_code/);
  assert.match(missingOf(status(5, "密码错误"))!.words, /login_pwd.*; OpenD says: 密码错误$/);
});

Deno.test("notices end a login when they say so, and not for the trading password, quote rights or the simulator's greeting", () => {
  const event = (eventType: number, desc = "") => missingOfNotice({ ...NOTICE, event: { eventType, desc } });
  for (const type of [3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 15]) assert.notEqual(event(type), null, `event ${type}`);
  for (const type of [0, 1, 2, 6, 14, 99]) assert.equal(event(type, "APEX simulator: nothing here is real"), null);
  assert.match(event(7, "被踢下线")!.words, /same Futu login was used elsewhere.*; OpenD says: 被踢下线/);
  assert.match(event(8)!.words, /login password was changed/);
  const connected = (trdLogined: boolean) =>
    missingOfNotice({ ...NOTICE, type: 3, connectStatus: { qotLogined: false, trdLogined } });
  assert.equal(connected(true), null);
  assert.notEqual(connected(false), null);
  const state = (type: number) =>
    missingOfNotice({ ...NOTICE, type: 2, programStatus: { programStatus: { type, strExtDesc: null } } });
  assert.equal(state(10), null);
  assert.match(state(11)!.words, /logged OpenD out/);
  assert.equal(missingOfNotice({ ...NOTICE, type: 4 }), null);
});
