import { varies } from "./constants.ts";
import { UnknownLength } from "./emitter.ts";
import type { Numbers } from "./lengths.ts";
import { refuse } from "./refuse.ts";
import { type Emission, first, lengthsOf, type Writing } from "./row.ts";
import { functionRowOf, rowOf } from "./rows/index.ts";
import type { Site } from "./sites.ts";

/** Writes what `target` needs and itself, and returns its name. `names` holds what is written already. */
export function writeSite(target: Site, writing: Writing, names: Map<Site, string>): string {
  const { emitter } = writing;
  const emissions = new Map<Site, Emission>();
  // A stack of our own: networks are deeper than calls may be.
  const stack = [target];
  for (let site = stack.at(-1); site; site = stack.at(-1)) {
    if (names.has(site)) stack.pop();
    else stack.push(...writeOne(site).toReversed());
  }
  return names.get(target)!;

  /** What has to be written first; nothing where the site has been written, or is to be tried again. */
  function writeOne(site: Site): readonly Site[] {
    try {
      if (site.constant) {
        const name = writing.constants.find(site, "constant");
        if (name !== null) return finished(site, name);
        // The file can compute it from what is constant itself.
        if (site.name === "") refuse(varies(site));
      }
      const emission = emissions.get(site) ?? emissionOf(site);
      emissions.set(site, emission);
      const missing = emission.inputs.filter((input) => !names.has(input));
      if (missing.length > 0) return missing;
      return finished(site, emission.write(writing, ...emission.inputs.map((input) => names.get(input)!)));
    } catch (error) {
      if (!(error instanceof UnknownLength)) throw error;
      // What is cut to the length of something else often comes before it.
      const helper = stack.findLast((other) => explains(other, error.numbers));
      if (helper) return [helper];
      if (emitter.guessing) throw error;
      emitter.guessing = true;
      return [];
    }
  }

  function finished(site: Site, name: string): readonly Site[] {
    names.set(site, name);
    noteLengths(site, name, emitter.lengths);
    emitter.guessing = false;
    return [];
  }

  /** Whether a site that waits, and not for this one, has an axis that numbers follow from. */
  function explains(site: Site, numbers: Numbers): boolean {
    if (names.has(site) || emissions.has(site) || site.constant) return false;
    return first(site).shape.some((_, axis) => {
      const lengths = lengthsOf(site, axis);
      if (!emitter.guessing) return lengths.join() === numbers.join();
      return emitter.lengths.with({ value: "", axis }, lengths).express(numbers, true) !== null;
    });
  }
}

/** Later sites may refer to the lengths of this one. */
export const noteLengths = (site: Site, name: string, lengths: Writing["emitter"]["lengths"]): void => {
  for (let axis = 0; axis < first(site).rank; axis++)
    lengths.note(
      { value: name, axis },
      site.nodes.map(({ shape }) => shape[axis]!),
    );
};

function emissionOf(site: Site): Emission {
  const asFunction = site.label && functionRowOf(site.label.name)?.(site);
  if (asFunction) return asFunction;
  const { name } = site;
  return rowOf(name)?.(site) ?? refuse(`ONNX has no operator for "${name}"`);
}
