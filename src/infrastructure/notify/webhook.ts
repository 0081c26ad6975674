/** Alerts to a webhook: one POST of JSON a message. */
import type { AlertBatch, Notifier } from "../../application/ports/notifier.ts";
import { alertMessage, type Mask } from "./alert_message.ts";

export interface WebhookOptions {
  /** `http` or `https`, without user and password. */
  readonly url: string;
  /** Sent as a bearer token; null: none. */
  readonly token: string | null;
  readonly mask: Mask;
}

/** Of an answer that is no success, this much is read to say why. */
const MOST_READ = 300;

/**
 * Any answer from 200 to 299 is a delivery. A redirect is not followed: it would lead to a host that nobody configured. Errors
 * name the host alone, since the rest of a webhook's address is often what keeps strangers out.
 */
export class WebhookNotifier implements Notifier {
  readonly name = "webhook";
  readonly #options: WebhookOptions;
  readonly #url: URL;

  constructor(options: WebhookOptions) {
    this.#options = options;
    this.#url = new URL(options.url);
  }

  async send(batch: AlertBatch, signal: AbortSignal): Promise<void> {
    const response = await this.#post(alertMessage(batch, this.#options.mask), signal);
    if (response.ok) return await response.body?.cancel();
    throw new Error(`${this.#url.host} answered ${response.status}${await reason(response)}`);
  }

  async #post(body: string, signal: AbortSignal): Promise<Response> {
    const { token } = this.#options;
    const headers = new Headers({ "content-type": "application/json", "user-agent": "apex" });
    if (token !== null) headers.set("authorization", `Bearer ${token}`);
    try {
      return await fetch(this.#url, { method: "POST", headers, body, redirect: "manual", signal });
    } catch (fault) {
      if (signal.aborted) throw signal.reason;
      const said = fault instanceof Error ? fault.message : String(fault);
      const plain = said.replaceAll(this.#url.href, this.#url.host).replaceAll(this.#options.url, this.#url.host);
      throw new Error(`${this.#url.host} cannot be reached: ${plain}`);
    }
  }
}

async function reason(response: Response): Promise<string> {
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel();
    return ": redirects are not followed, configure the address that it leads to";
  }
  const text = (await firstBytes(response)).replace(/\s+/g, " ").trim();
  return text === "" ? "" : `: ${text}`;
}

async function firstBytes(response: Response): Promise<string> {
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (text.length < MOST_READ) {
    const { value, done } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text.slice(0, MOST_READ);
}
