/** How a cell looks, as one small number: a role, which the theme colours, and attributes. */

/** What a piece of text is, so that a theme decides its colour. */
export const Role = {
  text: 0,
  /** Rules, headings, what is there to be found rather than read. */
  quiet: 1,
  gain: 2,
  loss: 3,
  hard: 4,
  soft: 5,
  stale: 6,
  modelled: 7,
} as const;

export type Style = number;

export const BOLD = 16;
export const REVERSE = 32;
export const DIM = 64;
export const UNDERLINE = 128;

export function roleOf(style: Style): number {
  return style & 15;
}
