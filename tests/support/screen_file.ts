/**
 * Expected screens, one text file each, so that a change of layout is read as a picture: `deno task screens` writes them anew,
 * and git shows what became different.
 */
import assert from "node:assert/strict";

const FOLDER = new URL("../presentation/screens/", import.meta.url);

/** Compares a screen with the one kept. `APEX_UPDATE_SCREENS=1` writes it instead: look at the difference before committing. */
export async function assertScreen(name: string, screen: string): Promise<void> {
  const file = new URL(`${name}.txt`, FOLDER);
  if (Deno.env.get("APEX_UPDATE_SCREENS") === "1") {
    await Deno.writeTextFile(file, `${screen}\n`);
    return;
  }
  const expected = await Deno.readTextFile(file);
  assert.equal(`${screen}\n`, expected, `${name} looks different; deno task screens writes the new one`);
}
