/** How the program is put together: what may import what, and what the inner parts never touch. */
import assert from "node:assert/strict";
import {
  importsOf,
  projectText,
  projectUrl,
  resolveImport,
  type SourceFile,
  sourceFiles,
  sourceOf,
} from "./support/source_tree.ts";

/** A layer, and the layers it may import from besides itself. */
const INWARD: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  application: ["domain"],
  infrastructure: ["application", "domain"],
  presentation: ["application", "domain"],
  supervision: ["application", "domain"],
};
/** Packages stay in the outer layers. */
const WITHOUT_PACKAGES = ["domain", "application", "supervision"];

const SOURCE = sourceFiles("src");
const ALL = [...SOURCE, ...sourceFiles("main.ts")];

Deno.test("every file of src/ belongs to a known layer", () => {
  const strays = SOURCE.filter((file) => !isComposition(file.path) && INWARD[layerOf(file.path)] === undefined);
  assert.deepEqual(strays.map((file) => file.path), []);
});

Deno.test("imports point inward, and only compose.ts, its folder and main.ts know more than their own layer", () => {
  assert.deepEqual(SOURCE.filter((file) => !isComposition(file.path)).flatMap(outwardImports), []);
});

Deno.test("an import that points outward is found in every form it can be written", () => {
  const planted = [
    'import { a } from "../infrastructure/a.ts";',
    'import type { A } from "../presentation/a.ts";',
    'export * from "../compose.ts";',
    "const a = await import('../supervision/a.ts');",
    'import "../application/a.ts";',
    '// import "../application/comment.ts";',
  ].join("\n");
  const found = outwardImports(sourceOf("src/domain/planted.ts", planted)).map((line) => line.split(" imports ")[1]);
  assert.deepEqual(found, [
    "src/infrastructure/a.ts",
    "src/presentation/a.ts",
    "src/compose.ts",
    "src/supervision/a.ts",
    "src/application/a.ts",
  ]);
});

Deno.test("domain, application and supervision import no package", () => {
  const imports = inLayers(...WITHOUT_PACKAGES).flatMap((file) =>
    importsOf(file)
      .filter((specifier) => resolveImport(file, specifier) === null)
      .map((specifier) => `${file.path} imports ${specifier}`)
  );
  assert.deepEqual(imports, []);
});

Deno.test("domain and application have no clock, chance, timer, file, socket, environment or screen of their own", () => {
  assert.deepEqual(
    uses(inLayers("domain", "application"), [
      "Date.now",
      "new Date()",
      "Math.random",
      "crypto.",
      "setTimeout",
      "setInterval",
      "queueMicrotask",
      "performance.",
      "Temporal.Now",
      "fetch(",
      "Deno.",
      "process.",
      "console.",
    ]),
    [],
  );
});

Deno.test("infrastructure prints nothing, and only the system clock reads the time or starts timers", () => {
  const infrastructure = inLayers("infrastructure").filter((file) => !file.path.endsWith("/system_clock.ts"));
  assert.deepEqual(
    uses(infrastructure, ["console.", "Math.random", "Date.now", "new Date()", "setTimeout(", "setInterval("]),
    [],
  );
});

Deno.test("no import, worker or code is computed from a value", () => {
  // Imports are outside the sandbox: a compiled program may import any file on the disk.
  assert.deepEqual(ALL.flatMap(computedCode), []);
});

Deno.test("a computed import is found, and one of a literal is not", () => {
  const planted =
    'await import("./a.ts"); await import(name); await import(`./${name}.ts`); await import("./" + name);';
  assert.deepEqual(computedCode(sourceOf("src/domain/planted.ts", planted)).map((line) => line.split(": ")[1]), [
    "import(name",
    "import(`./${name}.ts`",
    'import("./" + name',
  ]);
});

Deno.test("only the supervisor starts a worker, and only to run this program's own entry", () => {
  const starters = SOURCE.filter((file) => /\bnew Worker\b/.test(file.code)).map((file) => file.path);
  assert.deepEqual(starters, ["src/supervision/deno_worker.ts"]);
});

Deno.test("only main.ts ends the process", () => {
  assert.deepEqual(uses(SOURCE, ["Deno.exit(", "process.exit("]), []);
});

Deno.test("files are named for a concept, in snake case", () => {
  const vague = /(^|_)(utils?|helpers?|common|types|managers?|misc)\.ts$/;
  const names = [...ALL, ...sourceFiles("tests"), ...sourceFiles("build")].map((file) => file.path);
  const wrong = names.filter((path) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return !/^[a-z0-9]+(_[a-z0-9]+)*\.ts$/.test(name) || vague.test(name);
  });
  assert.deepEqual(wrong, []);
});

Deno.test("every dependency is pinned to one version", () => {
  for (const file of ["deno.json", "tests/deno.json"]) {
    const { imports }: { imports: Record<string, string> } = JSON.parse(projectText(file));
    const loose = Object.values(imports).filter((target) =>
      !/^npm:\/?(@[^/]+\/)?[^@/]+@\d+\.\d+\.\d+[^/ ]*\/?$/.test(target)
    );
    assert.deepEqual(loose, [], `not pinned in ${file}`);
  }
});

Deno.test("packages are imported by the names that deno.json pins", () => {
  const direct = [...ALL, ...sourceFiles("tests"), ...sourceFiles("build")].flatMap((file) =>
    importsOf(file).filter((specifier) => /^(npm|jsr|https?):/.test(specifier)).map((target) =>
      `${file.path}: ${target}`
    )
  );
  assert.deepEqual(direct, []);
});

Deno.test("modules do nothing on import", async () => {
  // The test runner fails this test when an import leaves a timer, a socket or a file behind.
  for (const file of SOURCE) await import(projectUrl(file.path));
});

function outwardImports(file: SourceFile): string[] {
  const own = layerOf(file.path);
  const known = [own, ...INWARD[own] ?? []];
  return importsOf(file)
    .map((specifier) => resolveImport(file, specifier))
    .filter((target) => target !== null && !known.includes(layerOf(target)))
    .map((target) => `${file.path} imports ${target}`);
}

function computedCode(file: SourceFile): string[] {
  const computed = /\bimport\s*\(\s*(?!["'][^"'$]+["']\s*\))[^)]*|\beval\s*\(|\bnew Function\b|\bcreateRequire\b/g;
  return [...file.code.matchAll(computed)].map((match) => `${file.path}: ${match[0]}`);
}

/** What introduces the layers to each other. */
function isComposition(path: string): boolean {
  return path === "src/compose.ts" || path.startsWith("src/compose/");
}

function layerOf(path: string): string {
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? path;
}

function inLayers(...layers: string[]): SourceFile[] {
  return SOURCE.filter((file) => layers.includes(layerOf(file.path)));
}

function uses(files: readonly SourceFile[], forbidden: readonly string[]): string[] {
  return files.flatMap((file) =>
    forbidden.filter((word) => new RegExp(`(?<!\\w)${RegExp.escape(word)}`).test(file.code))
      .map((word) => `${file.path} uses ${word}`)
  );
}
