/** One line of JSON of anything that was found: what JSON cannot say, NaN, infinities and long integers, as strings; Maps as objects. */
export const jsonText = (value: unknown): string => JSON.stringify(plain(value));

function plain(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  // Names are those of a file, so nothing may be inherited, nor set by them.
  const object = Object.create(null) as Record<string, unknown>;
  const entries = value instanceof Map ? value : Object.entries(value);
  for (const [key, each] of entries) if (each !== undefined) object[String(key)] = plain(each);
  return object;
}
