/** The text as a cell of a Markdown table. */
export function inCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ").trim();
}
