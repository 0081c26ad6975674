/** Whether a terminal is dark or light, from its answer to the question for its background colour. */

/** Reads `11;rgb:ffff/ffff/ffff`; null for an answer to something else. */
export function backgroundOf(reply: string): "dark" | "light" | null {
  const [, red, green, blue] = /^11;rgba?:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})/i.exec(reply) ?? [];
  if (red === undefined || green === undefined || blue === undefined) return null;
  const share = (hex: string): number => Number.parseInt(hex, 16) / (16 ** hex.length - 1);
  // Rec. 709 luma: close enough to tell paper from night.
  return 0.2126 * share(red) + 0.7152 * share(green) + 0.0722 * share(blue) > 0.5 ? "light" : "dark";
}
