/**
 * Whether two attributes of an op say the same: equal numbers, strings and so on (NaN equals itself), or arrays, typed arrays and
 * plain objects of such. Anything else, such as a function, is the same only if it is one and the same.
 */
export function sameAttributes(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const prototype = Object.getPrototypeOf(a);
  if (prototype !== Object.getPrototypeOf(b)) return false;
  if (Array.isArray(a)) return sameElements(a, b as unknown[]);
  if (ArrayBuffer.isView(a)) return !(a instanceof DataView) && sameNumbers(a as Int32Array, b as Int32Array);
  return (prototype === Object.prototype || prototype === null) && sameFields(a as Fields, b as Fields);
}

type Fields = Readonly<Record<string, unknown>>;

function sameElements(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!sameAttributes(a[i], b[i])) return false;
  return true;
}

function sameNumbers(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

function sameFields(a: Fields, b: Fields): boolean {
  let count = 0;
  for (const name in a) {
    if (!(name in b) || !sameAttributes(a[name], b[name])) return false;
    count++;
  }
  for (const _ in b) count--;
  return count === 0;
}
