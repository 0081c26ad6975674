/**
 * Reads the whole configuration.
 *
 * Layers, later wins: built-in defaults ← what the environment changes in them ← `base.yaml` ← `risk_config.yaml` ←
 * `{env}.yaml` ← the file given by `--config` ← `APEX_*` variables. Every layer is checked in full, also what a later
 * one replaces, so that all faults come at once.
 */
import type { Environment, Settings } from "../../application/settings.ts";
import { isMissing, readRefusal } from "../files/refusal.ts";
import { environmentDefaults } from "./environments.ts";
import { ConfigurationError, type Fault, type Place } from "./fault.ts";
import { overlay } from "./layers.ts";
import { type Origins, originsOf } from "./origins.ts";
import { readTree } from "./read_section.ts";
import { type ConfigValues, SCHEMA } from "./schema.ts";
import { contradictions, settingsFrom } from "./settings_from.ts";
import { readVariables } from "./variables.ts";
import { CONFIG_BOUNDS, type MapNode, readYaml, type TreeNode } from "./yaml_tree.ts";

export interface LoadRequest {
  readonly env: Environment;
  /** Folder of the layered files; null: `config`, which need not exist. */
  readonly configDir: string | null;
  /** The file of `--config`, which must exist; null when none was given. */
  readonly configFile: string | null;
  readonly environment: Readonly<Record<string, string>>;
  /** At most `limit + 1` bytes of a file; throws the system's error. */
  readonly read: (path: string, limit: number) => Uint8Array;
}

export interface LoadedSettings {
  readonly settings: Settings;
  /** The same by configuration key. */
  readonly values: ConfigValues;
  /** Where each value that is not a built-in default comes from, by key path. */
  readonly origins: Origins;
  /** The files that were there, in their order. */
  readonly files: readonly string[];
  /** `APEX_*` variables that are no setting, for the log. */
  readonly ignoredVariables: readonly string[];
}

const DEFAULT_DIR = "config";

/** @throws {ConfigurationError} with every fault of every layer */
export function loadSettings(request: LoadRequest): LoadedSettings {
  const faults: Fault[] = [];
  const { trees: fileTrees, files } = readFiles(request, faults);
  const variables = readVariables(SCHEMA, request.environment);
  faults.push(...variables.faults);
  const layers = [environmentDefaults(request.env), ...fileTrees, ...variables.trees];
  for (const layer of layers) readTree(SCHEMA, layer, faults);
  if (faults.length > 0) throw new ConfigurationError(faults);

  const merged = layers.reduce<MapNode>((lower, upper) => overlay(SCHEMA, lower, upper), EMPTY);
  const values = readTree(SCHEMA, merged, faults);
  const origins = originsOf(SCHEMA, merged);
  faults.push(...contradictions(values, origins));
  if (faults.length > 0) throw new ConfigurationError(faults);
  const settings = settingsFrom(request.env, values);
  return { settings, values, origins, files, ignoredVariables: variables.ignored };
}

const EMPTY: MapNode = {
  kind: "map",
  entries: new Map(),
  place: { source: "built-in defaults", line: null, column: null },
};

function readFiles(request: LoadRequest, faults: Fault[]): { trees: TreeNode[]; files: string[] } {
  const folder = (request.configDir ?? DEFAULT_DIR).replace(/(?<=.)\/+$/, "");
  const layered = ["base.yaml", "risk_config.yaml", `${request.env}.yaml`].map((name) => `${folder}/${name}`);
  const trees: TreeNode[] = [];
  const files: string[] = [];
  const take = (path: string, required: boolean): void => {
    const tree = readLayer(path, required, request.read, faults);
    if (tree === null) return;
    files.push(path);
    if (Array.isArray(tree)) faults.push(...tree);
    else trees.push(tree);
  };
  for (const path of layered) take(path, false);
  if (request.configDir !== null && files.length === 0) faults.push(emptyFolder(folder, layered));
  if (request.configFile !== null) take(request.configFile, true);
  return { trees, files };
}

/** Null when an optional file is not there. */
function readLayer(
  path: string,
  required: boolean,
  read: LoadRequest["read"],
  repeated: Fault[],
): TreeNode | Fault[] | null {
  try {
    return readYaml(read(path, CONFIG_BOUNDS.bytes), path, CONFIG_BOUNDS, repeated);
  } catch (error) {
    if (isMissing(error) && !required) return null;
    return [wordsOnly({ source: path, line: null, column: null }, readRefusal(error))];
  }
}

function emptyFolder(folder: string, wanted: readonly string[]): Fault {
  const place: Place = { source: folder, line: null, column: null };
  return wordsOnly(
    place,
    `none of ${wanted.join(", ")} is there: name another folder with --config-dir or leave it out`,
  );
}

function wordsOnly(place: Place, problem: string): Fault {
  return { place, key: "", problem, found: null, allowed: null, nearest: null };
}
