/** A whole number from the environment. */
export function setting(name: string, fallback: number): number {
  const text = process.env[name] ?? String(fallback);
  if (!/^\d+$/.test(text)) throw new Error(`${name} must be a whole number, got ${JSON.stringify(text)}`);
  return Number(text);
}

/** What random cases start from: the same ones in every run, so that a change is not blamed for what it did not touch; others with `ATROUS_SEED=…`. */
export const SEED: number = setting("ATROUS_SEED", 1);
