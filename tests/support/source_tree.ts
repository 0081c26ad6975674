/** The program's own source, for tests about how it is put together. */

const ROOT = new URL("../../", import.meta.url);

export interface SourceFile {
  /** Relative to the project, with slashes. */
  readonly path: string;
  readonly text: string;
  /** The text with every comment blanked out; strings stay. */
  readonly code: string;
}

/** Every TypeScript file below the folder, or the one file, in the order of their paths. */
export function sourceFiles(path: string): SourceFile[] {
  if (Deno.statSync(new URL(path, ROOT)).isFile) return [sourceOf(path, projectText(path))];
  return [...Deno.readDirSync(new URL(path, ROOT))]
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .flatMap((entry) => {
      const inside = `${path}/${entry.name}`;
      if (entry.isDirectory) return sourceFiles(inside);
      return entry.name.endsWith(".ts") ? [sourceOf(inside, projectText(inside))] : [];
    });
}

export function projectText(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

/** Where a file of the project is, for importing it. */
export function projectUrl(path: string): string {
  return new URL(path, ROOT).href;
}

/** What a file imports or re-exports, as written, also for types alone and inside `import()`. */
export function importsOf(file: SourceFile): string[] {
  const written = /\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g;
  return [...file.code.matchAll(written)].map((match) => match[1]!);
}

/** The import as a path of the project; null when it is a package. */
export function resolveImport(file: SourceFile, specifier: string): string | null {
  if (!specifier.startsWith(".")) return null;
  return new URL(specifier, new URL(file.path, ROOT)).href.slice(ROOT.href.length);
}

export function sourceOf(path: string, text: string): SourceFile {
  return { path, text, code: withoutComments(text) };
}

/** Strings and regular expressions are matched first, so that a slash inside them starts no comment. */
function withoutComments(text: string): string {
  const token = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[^]*?\*\//g;
  return text.replace(token, (match) => /^\/[/*]/.test(match) ? match.replace(/[^\n]/g, " ") : match);
}
