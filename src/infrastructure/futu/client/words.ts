/** Our own words beside OpenD's, which come in the language of its settings. */
import { maskedAccount } from "../../telemetry/masking.ts";
import { OpenDFault } from "./opend.ts";

/** What OpenD's replies begin with. */
export interface Refusal {
  readonly retType: number;
  readonly retMsg: string | null;
  readonly errCode: number | null;
}

/** As in `获取历史订单频率太高，请求失败，每30秒最多10次。`, and what other languages of OpenD make of it. */
const TOO_OFTEN = new RegExp(
  "频率太高|頻率太高|每\\s*\\d+\\s*秒最多|too frequent|frequency (is )?too high|too high request frequency|" +
    "at most \\d+ (times|requests).*seconds|rate limit",
  "i",
);

/** What OpenD is known to refuse with, whatever its language; the first that fits counts. */
const KNOWN: readonly (readonly [pattern: RegExp, words: string])[] = [
  [
    /手机验证码|手機驗證碼|phone verif/i,
    "its login waits for the code sent to the phone: enter it in OpenD's window, or over its Telnet port with " +
    "input_phone_verify_code -code=…",
  ],
  [
    /图形验证码|圖形驗證碼|graphic(al)? verif|picture verif/i,
    "its login waits for the code of a picture: enter it in OpenD's window, or over its Telnet port with " +
    "input_pic_verify_code -code=…",
  ],
  [
    /加密|encrypt|\bRSA\b/i,
    "it wants an encrypted connection: remove rsa_private_key from OpenD.xml and restart OpenD",
  ],
  [/版本过低|版本太低|版本過低|version (is )?too (low|old)/i, "it wants a newer version on one of the two sides"],
  [/未登录|未登錄|尚未登|not logged ?in/i, "it is not logged in to Futu: look at its window or its log"],
  [
    /模拟.*(不支持|不支援)|模擬.*(不支持|不支援)|(paper|simulat).*(not supported|does not support|unsupported)/i,
    "paper accounts do not have this: with futu.trd_env: SIMULATE there are no fills and no fees",
  ],
  [
    /securities firm|券商/i,
    "set futu.security_firm to the firm where the account is held, such as FUTUINC for moomoo in the United States",
  ],
  [
    /acc_?id|账户不存在|帳戶不存在|找不到.*[账帳][户戶]|no(t| ).*available account/i,
    "it does not know the account: compare futu.accounts, futu.security_firm and futu.trd_env with the login",
  ],
  [/超时|超時|time[d -]*out/i, "Futu's servers did not answer it in time; asked again later"],
  [/网络|網絡|網路|断开|斷開|network|disconnect/i, "it has no connection to Futu's servers: check its network"],
];

/** Why a question was refused: kind, our words and OpenD's. */
export function refusalOf(message: string, host: string, { retType, retMsg, errCode }: Refusal): OpenDFault {
  const said = saidText(retMsg);
  if (retType === -1 && said !== null && TOO_OFTEN.test(said)) {
    return new OpenDFault("rate-limited", `OpenD was asked for ${message} too often${quoted(said)}`, said);
  }
  const known = said === null ? null : KNOWN.find(([pattern]) => pattern.test(said))?.[1] ?? null;
  const remedy = known ?? remoteWords(host);
  const words = `${ownWords(message, retType)}${remedy === null ? "" : `: ${remedy}`}${quoted(said)}`;
  const code = said === null && errCode !== null && errCode !== 0 ? ` (error ${errCode})` : "";
  return new OpenDFault(retType === -100 ? "timeout" : "refused", words + code, said);
}

function ownWords(message: string, retType: number): string {
  switch (retType) {
    case -1:
      return `OpenD refuses ${message}`;
    case -100:
      return `OpenD had no answer to ${message} from Futu's servers in time`;
    case -200:
      return `OpenD is cut off from Futu's servers and cannot answer ${message}`;
    case -400:
      return `OpenD does not know what became of ${message}`;
    case -500:
      return `OpenD cannot read ${message}, so it may be too old: install the newest OpenD`;
    default:
      return `OpenD answered ${message} with the code ${retType}, which is not known`;
  }
}

/** `; OpenD says: …`, or nothing. */
export function quoted(said: string | null): string {
  return said === null ? "" : `; OpenD says: ${said}`;
}

const LONGEST_SAID = 300;

/** What OpenD says, on one line, not without end, and without the numbers of accounts. Null when it says nothing. */
export function saidText(text: string | null): string | null {
  // deno-lint-ignore no-control-regex
  const line = (text ?? "").slice(0, 10 * LONGEST_SAID).replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
  if (line === "") return null;
  const masked = line.replace(/\d{7,}/g, maskedAccount);
  return masked.length > LONGEST_SAID ? `${masked.slice(0, LONGEST_SAID)}…` : masked;
}

/** Null on this machine. OpenD itself may forbid what comes from elsewhere, in words that vary. */
export function remoteWords(host: string): string | null {
  if (isLoopback(host)) return null;
  return "OpenD takes questions about accounts from another machine only when they are encrypted, which APEX does not do: " +
    `run OpenD on this machine, or bring its port here (ssh -L) and set futu.host: 127.0.0.1`;
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

export const CHECK_OPEND =
  "Start OpenD and log in; futu.port must be the api_port of its OpenD.xml (11111 unless changed)";

/** What to do when bytes cannot be read, or the greeting was answered by hanging up. */
export const CHECK_KEY = "If OpenD has an RSA key, remove rsa_private_key from its OpenD.xml and restart it; " +
  "check also that futu.port is its api_port, not its Telnet or WebSocket port";

/** What to do when bytes cannot be read although those before them could. */
export const CHECK_DAMAGE = "APEX connects anew; if it comes again, restart OpenD, or install the newest one";
