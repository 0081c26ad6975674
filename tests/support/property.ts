/**
 * fast-check with one seed for every property, so that a test run today and tomorrow tries the same cases. Properties are
 * written with this module's `fc` and give no seed of their own.
 *
 *   APEX_PROPERTY_SEED=random deno task test    tries other cases; a failure prints the seed that it came from
 *   APEX_PROPERTY_SEED=-467182162 deno task …   tries the cases of that seed again
 */
import fc from "fast-check";

export { default } from "fast-check";

const DEFAULT_SEED = 20261120;
const VARIABLE = "APEX_PROPERTY_SEED";

// A test file asks for this module before its first property, and each runs on its own: here is the one place.
fc.configureGlobal(seedOf(Deno.env.get(VARIABLE)));

/**
 * What to run properties with: the named seed, the default one, or none, for which fast-check draws one.
 *
 * @throws {RangeError} when `wanted` is neither `random` nor a whole number of 32 bits, which is all that fast-check keeps
 */
export function seedOf(wanted: string | undefined): { readonly seed?: number } {
  if (wanted === "random") return {};
  if (wanted === undefined || wanted === "") return { seed: DEFAULT_SEED };
  const seed = Number(wanted);
  if (seed !== (seed | 0)) {
    throw new RangeError(
      `Cannot use ${VARIABLE}=${wanted} as a seed: give \`random\`, or a whole number as a failed property printed it`,
    );
  }
  return { seed };
}
