/**
 * XML read piece by piece, as its elements open and close, within bounds that a hostile file cannot pass.
 *
 * A document type is refused whole: only there can entities be declared that grow without end or name other files.
 */
import { SaxesParser } from "saxes";

/** Why a document cannot be read on; nothing after this place can be trusted, nor can it be known to be complete. */
export class UnreadableXml extends Error {
  override readonly name = "UnreadableXml";
}

export interface XmlListener {
  /** `depth` is 1 for the root. Attributes are decoded; the object is the listener's to keep. */
  open(name: string, attributes: Readonly<Record<string, string>>, depth: number): void;
  close?(name: string, depth: number): void;
  /** Text between tags. It may come in pieces. */
  text?(text: string): void;
}

/** No statement nests deeper than a handful. */
const MOST_DEEP = 32;
/** A single tag or text longer than this is no row of a statement: reading it on would only fill memory. */
const MOST_CHARACTERS = 1024 * 1024;

export class XmlElements {
  readonly #parser = new SaxesParser({ xmlns: false, position: true });
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #depth = 0;
  #sinceEvent = 0;

  constructor(listener: XmlListener) {
    const parser = this.#parser;
    parser.on("error", (fault) => {
      throw new UnreadableXml(`it is not well-formed XML (line ${this.line}): ${plain(fault.message)}`);
    });
    parser.on("doctype", () => this.#refuse("it declares a document type, which no statement does"));
    parser.on("opentag", ({ name, attributes }) => {
      this.#sinceEvent = 0;
      this.#depth++;
      if (this.#depth > MOST_DEEP) this.#refuse(`its elements nest deeper than ${MOST_DEEP}`);
      listener.open(name, attributes, this.#depth);
    });
    parser.on("closetag", ({ name }) => {
      this.#sinceEvent = 0;
      listener.close?.(name, this.#depth);
      this.#depth--;
    });
    if (listener.text !== undefined) parser.on("text", (text) => listener.text?.(text));
  }

  /** Of what was read last; 1 for the first. */
  get line(): number {
    return this.#parser.line;
  }

  /** @throws {UnreadableXml} */
  write(bytes: Uint8Array): void {
    this.#writeText(this.#decode(bytes, true));
    this.#sinceEvent += bytes.length;
    if (this.#sinceEvent > MOST_CHARACTERS) {
      this.#refuse(`it has a tag or text of more than ${MOST_CHARACTERS} characters`);
    }
  }

  /** The document ends here. @throws {UnreadableXml} when it ends too early */
  end(): void {
    this.#writeText(this.#decode(new Uint8Array(), false));
    if (this.#depth > 0) {
      this.#refuse(`it ends within an element that is still open: the file was cut off, fetch it again`);
    }
    this.#parser.close();
  }

  #writeText(text: string): void {
    if (text !== "") this.#parser.write(text);
  }

  #decode(bytes: Uint8Array, stream: boolean): string {
    try {
      return this.#decoder.decode(bytes, { stream });
    } catch (cause) {
      throw new UnreadableXml(`it is not UTF-8 text (after line ${this.line})`, { cause });
    }
  }

  #refuse(reason: string): never {
    throw new UnreadableXml(`${reason} (line ${this.line})`);
  }
}

/** The parser puts its own place before its words. */
function plain(message: string): string {
  return message.replace(/^\d+:\d+: /, "").replace(/\.$/, "").slice(0, 200);
}
