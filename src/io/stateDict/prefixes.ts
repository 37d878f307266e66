import { show } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Fail } from "../bytes/fail.ts";

/** What programs put before all names: DataParallel, torch.compile, and classes that hold the network in a field of this name. */
const WRAPPERS = ["module.", "_orig_mod.", "model.", "generator.", "net.", "network.", "state_dict."];

type Tensors = ReadonlyMap<string, Tensor>;

/** As often as they are taken off: networks are wrapped twice or thrice. */
const MOST_WRAPPERS = 8;

/** Names without the prefixes of wrappers that all of them have, as often as there are any. */
export function withoutWrappers(tensors: Tensors): Tensors {
  let named = tensors;
  for (let i = 0; i < MOST_WRAPPERS; i++) {
    const names = [...named.keys()];
    const wrapper = WRAPPERS.find((prefix) => names.every((name) => isBelow(name, prefix)));
    if (wrapper === undefined || names.length === 0) break;
    named = below(named, wrapper);
  }
  return named;
}

/**
 * What is below `prefix`, "decoder" or "decoder.", under the rest of its name; first as names are, then as they are without wrappers.
 *
 * @param passedOver what else the file has under that name, for the message
 * @throws through `fail` where nothing is
 */
export function belowPrefix(tensors: Tensors, prefix: string, fail: Fail, passedOver?: string): Tensors {
  const start = prefix.endsWith(".") ? prefix : `${prefix}.`;
  for (const candidates of [tensors, withoutWrappers(tensors)]) {
    const found = below(candidates, start);
    if (found.size > 0) return found;
  }
  const first = new Set(
    Array.from(tensors.keys()).flatMap((name) => (name.includes(".") ? [`${name.split(".")[0]}.`] : [])),
  );
  const there = first.size > 0 ? `; names begin with ${listed(Array.from(first, show))}` : ": names have no dots here";
  return fail(`no name begins with ${show(start)}${there}${passedOver === undefined ? "" : `; ${passedOver}`}`);
}

const isBelow = (name: string, prefix: string): boolean => name.startsWith(prefix) && name.length > prefix.length;

const below = (tensors: Tensors, prefix: string): Tensors =>
  new Map(
    Array.from(tensors).flatMap(([name, tensor]) =>
      isBelow(name, prefix) ? [[name.slice(prefix.length), tensor]] : [],
    ),
  );

const MOST = 12;

/** The first of many things, for a message. */
export const listed = (items: readonly string[]): string =>
  items.length > MOST ? `${items.slice(0, MOST).join(", ")}, and ${items.length - MOST} more` : items.join(", ");
