/** The terminal as the dashboard needs it, so that a test can stand in for it. */
import type { Size } from "./context.ts";

export interface Terminal {
  /** Resolves when the terminal has taken the text; the dashboard draws nothing meanwhile. */
  write(text: string): Promise<void>;
  size(): Size;
  /** Calls when the size may have changed; the returned function ends that. */
  onResize(listener: () => void): () => void;
  /** Hands over what is typed, in pieces; the returned function ends that. */
  onInput(listener: (bytes: Uint8Array) => void): () => void;
  /** Keys one by one and without echo, or as lines again. */
  setRaw(raw: boolean): void;
}

/** What a terminal can show. */
export interface Abilities {
  readonly colours: "none" | "16" | "24bit";
  readonly utf8: boolean;
  /** Whether the wheel can be asked for. */
  readonly mouse: boolean;
}

/**
 * What the environment says a terminal can show. `NO_COLOR` (any value but empty) and `TERM=dumb` mean no colour;
 * 24 bits need `COLORTERM`, since a terminal that does not know them shows nonsense. Consoles without a mouse are left
 * alone.
 */
export function abilitiesOf(environment: (name: string) => string | undefined): Abilities {
  const term = environment("TERM") ?? "";
  const plain = (environment("NO_COLOR") ?? "") !== "" || term === "dumb" || term === "";
  const deep = /truecolor|24bit/i.test(environment("COLORTERM") ?? "") || /-direct$/.test(term);
  const encoding = environment("LC_ALL") || environment("LC_CTYPE") || environment("LANG") || "";
  return {
    colours: plain ? "none" : deep ? "24bit" : "16",
    utf8: /utf-?8/i.test(encoding),
    mouse: term !== "" && !/^(dumb|linux|vt\d+|ansi|cons25)/.test(term),
  };
}
