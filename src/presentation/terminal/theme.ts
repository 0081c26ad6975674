/** Themes: a cell's style as the terminal's colour sequence. */
import { BOLD, DIM, REVERSE, Role, roleOf, type Style, UNDERLINE } from "./style.ts";

export type ThemeName = "safe" | "classic" | "mono";
/** How many colours the terminal shows. */
export type ColourDepth = "none" | "16" | "24bit";

/** Sequence that turns every attribute and colour off. */
export const RESET = "\x1b[0m";

export interface Theme {
  /** The full sequence for a style, beginning with a reset, so that it needs no knowledge of what came before. */
  sequence(style: Style): string;
}

/** A theme with its 256 sequences made once. */
export function createTheme(name: ThemeName, depth: ColourDepth, background: "dark" | "light"): Theme {
  const colours = name === "mono" || depth === "none" ? "none" : depth;
  const sequences = Array.from({ length: 256 }, (_, style) => {
    const codes = ["0", ...attributes(style), ...roleCodes(roleOf(style), name, colours, background)];
    return codes.length === 1 ? "\x1b[m" : `\x1b[${codes.join(";")}m`;
  });
  return { sequence: (style) => sequences[style & 255] ?? RESET };
}

function attributes(style: Style): string[] {
  const codes: string[] = [];
  if (style & BOLD) codes.push("1");
  if (style & DIM) codes.push("2");
  if (style & UNDERLINE) codes.push("4");
  if (style & REVERSE) codes.push("7");
  return codes;
}

function roleCodes(role: number, name: ThemeName, depth: ColourDepth, background: "dark" | "light"): string[] {
  const classic = name === "classic";
  if (depth === "none") return PLAIN[role] ?? [];
  if (depth === "16") return (classic ? { ...SIXTEEN, ...SIXTEEN_CLASSIC } : SIXTEEN)[role] ?? [];
  const table = background === "dark" ? DARK : LIGHT;
  const gains = background === "dark" ? CLASSIC_DARK : CLASSIC_LIGHT;
  return (classic ? { ...table, ...gains } : table)[role] ?? [];
}

type Codes = Readonly<Record<number, string[]>>;

/** Words and shapes carry the meaning where there is no colour. */
const PLAIN: Codes = {
  [Role.hard]: ["1", "7"],
  [Role.soft]: ["1"],
  [Role.stale]: ["2"],
  [Role.modelled]: ["4"],
};

const SIXTEEN: Codes = {
  [Role.gain]: ["36"],
  [Role.loss]: ["33"],
  [Role.hard]: ["1", "37", "41"],
  [Role.soft]: ["30", "43"],
  [Role.stale]: ["2"],
  [Role.modelled]: ["35", "4"],
};
const SIXTEEN_CLASSIC: Codes = { [Role.gain]: ["32"], [Role.loss]: ["31"] };

const DARK: Codes = {
  [Role.quiet]: foreground("8A8A8A"),
  [Role.gain]: foreground("56B4E9"),
  [Role.loss]: foreground("E69F00"),
  [Role.hard]: ["1", ...foreground("FFFFFF"), ...backgroundOf("C03030")],
  [Role.soft]: [...foreground("000000"), ...backgroundOf("F0E442")],
  [Role.stale]: ["2"],
  [Role.modelled]: ["4", ...foreground("CC79A7")],
};
const LIGHT: Codes = {
  ...DARK,
  [Role.quiet]: foreground("5F5F5F"),
  [Role.gain]: foreground("0072B2"),
  [Role.loss]: foreground("B35900"),
  [Role.modelled]: ["4", ...foreground("A0407A")],
};
const CLASSIC_DARK: Codes = { [Role.gain]: foreground("4FC36B"), [Role.loss]: foreground("FF7B72") };
const CLASSIC_LIGHT: Codes = { [Role.gain]: foreground("1A7F37"), [Role.loss]: foreground("B42318") };

function foreground(hex: string): string[] {
  return ["38", "2", ...rgb(hex)];
}

function backgroundOf(hex: string): string[] {
  return ["48", "2", ...rgb(hex)];
}

function rgb(hex: string): string[] {
  return [0, 2, 4].map((at) => String(Number.parseInt(hex.slice(at, at + 2), 16)));
}
