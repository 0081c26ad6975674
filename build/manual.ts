/** Writes the captures and tables of `docs/USER_MANUAL.md` anew between their marks. `deno task manual`. */
import { filledManual, manualSources } from "./manual_text.ts";

const target = new URL("../docs/USER_MANUAL.md", import.meta.url);
await Deno.writeTextFile(target, filledManual(await Deno.readTextFile(target), manualSources()));
