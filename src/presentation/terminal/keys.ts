/**
 * Keys from the bytes a terminal sends.
 *
 * Bytes come in pieces that end anywhere, also inside a character or a sequence; what is not yet whole waits for the
 * next piece. A lone Esc looks like the start of a sequence: whoever reads calls `flush` when nothing follows it.
 */

export type KeyName =
  | "up"
  | "down"
  | "left"
  | "right"
  | "home"
  | "end"
  | "pageUp"
  | "pageDown"
  | "enter"
  | "tab"
  | "shiftTab"
  | "escape"
  | "backspace"
  | "delete"
  | "wheelUp"
  | "wheelDown";

export type Key =
  | { readonly kind: "named"; readonly name: KeyName }
  /** One printable character. */
  | { readonly kind: "text"; readonly text: string }
  /** A letter held with Ctrl, lower case. */
  | { readonly kind: "control"; readonly letter: string }
  /** Text pasted as a whole, without control characters. */
  | { readonly kind: "paste"; readonly text: string }
  /** The terminal's answer to a question, as `11;rgb:0000/0000/0000`. */
  | { readonly kind: "reply"; readonly text: string };

/** A sequence longer than this is nonsense and is dropped. */
const LONGEST_SEQUENCE = 128;
const LONGEST_PASTE = 4_096;
const PASTE_BEGIN = "\x1b[200~";
const PASTE_END = "\x1b[201~";

export class KeyDecoder {
  #pending = "";
  #pasting = false;
  #pasted = "";
  #decoder = new TextDecoder();

  /** The keys that are whole with these bytes. */
  push(bytes: Uint8Array): Key[] {
    this.#pending += this.#decoder.decode(bytes, { stream: true });
    return this.#read(false);
  }

  /** Whether something waits for more bytes: a lone Esc, the start of a sequence, or pasted text. */
  get waiting(): boolean {
    return this.#pending !== "" || this.#pasting;
  }

  /** Whether pasted text has begun whose end is still to come. */
  get pasting(): boolean {
    return this.#pasting;
  }

  /** Nothing more is coming: a waiting Esc is the key, the rest of a broken sequence is dropped. */
  flush(): Key[] {
    return this.#read(true);
  }

  #read(last: boolean): Key[] {
    const keys: Key[] = [];
    while (this.#pending !== "" || (last && this.#pasting)) {
      if (this.#pasting) {
        if (!this.#readPaste(keys, last)) break;
        continue;
      }
      const taken = next(this.#pending, last);
      if (taken === null) break;
      const [length, key] = taken;
      if (this.#pending.slice(0, length) === PASTE_BEGIN) this.#pasting = true;
      this.#pending = this.#pending.slice(length);
      if (key !== null) keys.push(key);
    }
    return keys;
  }

  /** Takes pasted text up to its end mark; false when the mark is still to come. */
  #readPaste(keys: Key[], last: boolean): boolean {
    const end = this.#pending.indexOf(PASTE_END);
    // The mark itself may arrive in two pieces.
    const upTo = end >= 0
      ? end
      : last
      ? this.#pending.length
      : Math.max(0, this.#pending.length - PASTE_END.length + 1);
    this.#pasted = (this.#pasted + this.#pending.slice(0, upTo)).slice(0, LONGEST_PASTE);
    this.#pending = this.#pending.slice(end >= 0 ? end + PASTE_END.length : upTo);
    if (end < 0 && !last) return false;
    const text = printable(this.#pasted);
    this.#pasting = false;
    this.#pasted = "";
    if (text !== "") keys.push({ kind: "paste", text });
    return true;
  }
}

/** Length of the first key and the key itself, null for one without a meaning; null alone: more bytes are needed. */
function next(text: string, last: boolean): [number, Key | null] | null {
  const first = text.charCodeAt(0);
  if (first === 0x1b) return escapeSequence(text, last);
  const single = SINGLE.get(first);
  if (single !== undefined) return [1, named(single)];
  if (first < 0x20) return [1, { kind: "control", letter: String.fromCharCode(first + 0x60) }];
  const character = String.fromCodePoint(text.codePointAt(0) ?? 0x20);
  return [character.length, printable(character) === "" ? null : { kind: "text", text: character }];
}

const SINGLE: ReadonlyMap<number, KeyName> = new Map([
  [0x08, "backspace"],
  [0x09, "tab"],
  [0x0a, "enter"],
  [0x0d, "enter"],
  [0x7f, "backspace"],
]);

function escapeSequence(text: string, last: boolean): [number, Key | null] | null {
  if (text.length === 1) return last ? [1, named("escape")] : null;
  const second = text[1];
  if (second === "[") return controlSequence(text, last);
  if (second === "O") {
    if (text.length < 3) return last ? [2, null] : null;
    return [3, namedOr(FINAL[text[2] ?? ""])];
  }
  if (second === "]" || second === "P" || second === "_" || second === "^") return stringSequence(text, last);
  // Esc and then another key, fast: two keys, since no Alt combination means anything here.
  return [1, named("escape")];
}

/** `ESC [ parameters final`. */
function controlSequence(text: string, last: boolean): [number, Key | null] | null {
  for (let at = 2; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x40 && code <= 0x7e) return [at + 1, meaning(text.slice(2, at), text[at] ?? "")];
    // Anything else than a parameter breaks the sequence off; what follows stands for itself.
    if (code < 0x20 || code > 0x3f) return [at, null];
    if (at > LONGEST_SEQUENCE) return [at, null];
  }
  return last ? [text.length, text.length === 2 ? named("escape") : null] : null;
}

function meaning(parameters: string, final: string): Key | null {
  if (final === "~") return namedOr(TILDE[parameters.split(";")[0] ?? ""]);
  if (final === "Z") return named("shiftTab");
  if ((final === "M" || final === "m") && parameters.startsWith("<")) {
    const button = Number(parameters.slice(1).split(";")[0]);
    return button === 64 ? named("wheelUp") : button === 65 ? named("wheelDown") : null;
  }
  return namedOr(FINAL[final]);
}

/** An answer that ends in BEL or in `ESC \`. */
function stringSequence(text: string, last: boolean): [number, Key | null] | null {
  const bell = text.indexOf("\x07", 2);
  const end = text.indexOf("\x1b\\", 2);
  const at = bell < 0 ? end : end < 0 ? bell : Math.min(bell, end);
  if (at < 0) return last || text.length > LONGEST_SEQUENCE ? [Math.min(text.length, LONGEST_SEQUENCE), null] : null;
  const length = at + (at === bell ? 1 : 2);
  return [length, text[1] === "]" ? { kind: "reply", text: text.slice(2, at) } : null];
}

const FINAL: Readonly<Record<string, KeyName>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  M: "enter",
};

const TILDE: Readonly<Record<string, KeyName>> = {
  1: "home",
  3: "delete",
  4: "end",
  5: "pageUp",
  6: "pageDown",
  7: "home",
  8: "end",
};

function named(name: KeyName): Key {
  return { kind: "named", name };
}

function namedOr(name: KeyName | undefined): Key | null {
  return name === undefined ? null : named(name);
}

/** Text without control characters; line ends become blanks. */
function printable(text: string): string {
  let out = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code === 0x0a || code === 0x0d || code === 0x09) out += " ";
    else if (code >= 0x20 && (code < 0x7f || code > 0x9f) && code !== 0xfffd) out += character;
  }
  return out;
}
