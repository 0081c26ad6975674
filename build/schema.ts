/** Writes `docs/snapshot.schema.json`, the published contract of the snapshot. `deno task schema`. */
import { snapshotJsonSchema } from "../src/presentation/snapshot_schema.ts";

const target = new URL("../docs/snapshot.schema.json", import.meta.url);
await Deno.writeTextFile(target, JSON.stringify(snapshotJsonSchema(), null, 2) + "\n");
