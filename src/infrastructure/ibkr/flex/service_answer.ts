/** What the Flex web service answers: a statement, or a few lines about one. */
import { UnreadableXml, XmlElements } from "./xml_elements.ts";

/** `FlexStatementResponse`: a reference to fetch by, or why there is none. */
export interface ServiceAnswer {
  readonly isSuccess: boolean;
  readonly reference: string | null;
  readonly code: number | null;
  /** The service's own words; empty when it has none. */
  readonly message: string;
}

export const STATEMENT_ROOT = "FlexQueryResponse";
export const ANSWER_ROOT = "FlexStatementResponse";
/** A declaration and comments stand before the first element. */
const FIRST_ELEMENT = /^\uFEFF?\s*(?:<\?[^>]*\?>\s*|<!--[\s\S]*?-->\s*)*<([A-Za-z_][\w.-]*)/;

/** The name of the first element; null while the beginning is too short to tell. */
export function firstElement(beginning: string): string | null {
  return FIRST_ELEMENT.exec(beginning)?.[1] ?? null;
}

/** What the beginning of a body is: whatever else a proxy or a login page sends is neither. */
export function kindOfBody(name: string): "statement" | "answer" | "nonsense" {
  if (name === STATEMENT_ROOT) return "statement";
  return name === ANSWER_ROOT ? "answer" : "nonsense";
}

/** Null for anything but a service's answer that makes sense. */
export function readServiceAnswer(bytes: Uint8Array): ServiceAnswer | null {
  const texts = new Map<string, string>();
  let open = "";
  let root = "";
  const elements = new XmlElements({
    open: (name, _attributes, depth) => {
      if (depth === 1) root = name;
      open = name;
    },
    close: () => open = "",
    text: (text) => {
      if (open !== "") texts.set(open, (texts.get(open) ?? "") + text);
    },
  });
  try {
    elements.write(bytes);
    elements.end();
  } catch (fault) {
    if (fault instanceof UnreadableXml) return null;
    throw fault;
  }
  if (root !== ANSWER_ROOT) return null;
  const code = (texts.get("ErrorCode") ?? "").trim();
  const reference = (texts.get("ReferenceCode") ?? "").trim();
  return {
    isSuccess: (texts.get("Status") ?? "").trim().toLowerCase() === "success",
    reference: /^[\w-]{1,100}$/.test(reference) ? reference : null,
    code: /^\d{1,6}$/.test(code) ? Number(code) : null,
    message: (texts.get("ErrorMessage") ?? "").replace(/\s+/g, " ").trim().slice(0, 200),
  };
}
