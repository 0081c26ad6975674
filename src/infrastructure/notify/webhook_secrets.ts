/** What of a webhook must be kept out of sight: its token, and the part of its address that strangers do not know. */

/** As log lines and errors might hold them. */
export function webhookSecrets(webhook: { readonly url: string; readonly token: string | null }): readonly string[] {
  const { pathname, search } = new URL(webhook.url);
  // A path of a word or two (`/alerts`) is no secret, and hiding it would hide the word everywhere.
  const path = pathname.length >= SHORTEST_PATH ? [pathname] : [];
  return [webhook.token ?? "", ...path, search.slice(1)].filter((secret) => secret !== "");
}

const SHORTEST_PATH = 16;
