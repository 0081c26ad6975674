/** Keeps passwords and tokens out of everything that is written or shown. */

/** What stands in place of a secret. */
export const HIDDEN = "***";

/** Names of fields whose whole value is a secret. */
const SECRET_NAME = /pass(word|wd|phrase)?$|^pwd$|secret|token|api_?key|authorization|credential|dsn$/i;

/**
 * User and password of an address, up to the last `@` of the word, since passwords hold `@`, `:` and `/` too. The
 * look-behind lets a long word be tried once and not from each of its letters.
 */
const IN_ADDRESS = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]*:\/\/)[^\s"'<>]*@/gi;
const BEARER = /\b(bearer|basic)\s+[A-Za-z0-9._~+\/=-]{6,}/gi;
const ASSIGNED =
  /\b([a-z_]*(?:password|passwd|pwd|secret|token|api[_-]?key))(["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s"',;&})\]]+)/gi;
/** Cheap to test; most lines have none of it. */
const SUSPICIOUS = /:\/\/|bearer|basic|passw|pwd|secret|token|api[_-]?key/i;

/** True when a field of this name holds nothing but a secret (`password`, `api_key`, `dsn`). */
export function namesSecret(field: string): boolean {
  return SECRET_NAME.test(field);
}

/**
 * The text without the secrets that can be told by their form: `scheme://user:password@host`, `password=…`, bearer
 * tokens. Secrets without a form must be handed over by whoever knows them.
 */
export function withoutSecrets(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return text
    .replace(IN_ADDRESS, `$1${HIDDEN}@`)
    .replace(BEARER, `$1 ${HIDDEN}`)
    .replace(ASSIGNED, `$1$2${HIDDEN}`);
}
