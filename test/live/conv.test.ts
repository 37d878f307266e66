import { expect, test } from "vitest";
import { type ConvCase, describeCase, disagreements } from "../oracle/convCase.ts";
import { SEED, setting } from "../setting.ts";
import { askPython } from "./python.ts";

const COUNT = setting("ATROUS_CONFIGS", 4800);

/** How many of the smallest disagreements are printed. */
const SHOWN = 3;

test(`${COUNT} random configurations of both layers against PyTorch, seed ${SEED}`, async () => {
  const lines = askPython("oracle/conv.py", [SEED, COUNT]);
  const { torch } = (await lines.next()).value as { torch: string };
  console.log(`PyTorch ${torch}, ATROUS_SEED=${SEED} ATROUS_CONFIGS=${COUNT}`);
  const failures: { size: number; text: string }[] = [];
  let compared = 0;
  for await (const line of lines) {
    const { index, ...given } = line as ConvCase & { index: number };
    const face = index % 3 === 0 ? "function" : "layer";
    compared++;
    const problems = attempt(() => disagreements(given, face));
    if (problems.length === 0) continue;
    const size = JSON.stringify(given.arrays).length;
    failures.push({ size, text: [`#${index} (${face}) ${describeCase(given)}`, ...problems].join("\n") });
  }
  expect(compared).toBe(COUNT);
  if (failures.length === 0) return;
  failures.sort((a, b) => a.size - b.size);
  const texts = failures.slice(0, SHOWN).map(({ text }) => text);
  expect.fail(
    `${failures.length} of ${COUNT} configurations disagree (ATROUS_SEED=${SEED}); the smallest:\n${texts.join("\n\n")}`,
  );
});

/** An error where PyTorch has an answer is a disagreement too. */
function attempt(compare: () => string[]): string[] {
  try {
    return compare();
  } catch (error) {
    return [String(error)];
  }
}
