import { cat, F, nn, Parameter, tensor, zeros } from "atrous";
import { expect, test } from "vitest";
import { describePlan } from "../../src/plan/describe.ts";
import { planOf } from "./planOf.ts";

test("one line per step", () => {
  const [weight, bias] = [new Parameter(zeros([4, 2, 3])), new Parameter(zeros([4]))];
  const y = F.conv1d(zeros([1, 4, 8]), weight, bias, { padding: 2, stride: 2, dilation: 2, groups: 2 }).sigmoid();
  expect(describePlan(planOf(y, weight.exp(), y.max(2), tensor([1, 2], { dtype: "int32" })))).toBe(
    [
      "given: #0 32, #1 24 fixed, #2 4 fixed, #3 2 int32",
      "#4 = conv1d(#0, #1) 1 × 4 → 4 × 4, kernel 3, stride 2, dilation 2, padded 2, groups 2; then add sigmoid (#2)",
      "#5 fixed = map(#1) 24: exp",
      "#6 int32 = argmaxWindow(#4) 4 × 4 → 1, kernel 4",
      "#7 = take(#4, #6) 4 × 4 → 1",
      "asked: #4, #5, #7, #3",
    ].join("\n"),
  );
});

test("every kernel has its words", () => {
  const x = zeros([2, 3, 4], { requiresGrad: true });
  const w = zeros([3, 1, 2], { requiresGrad: true });
  const y = F.maxPool1d(
    F.conv1d(x.pad(1, { mode: "reflect" }).transpose(0, 1).transpose(0, 1), w, null, { groups: 3 }),
    2,
  );
  cat([y, y], 2).sum().backward();
  const text = describePlan(planOf(x.grad!, w.grad!, y.sum([0, 2]), y.to("float64"), zeros([]).add(1)));
  for (const line of [
    "= gather(#1) 6 × 4 → 6 × 1",
    "= copy(#9) 3 × 2 × 6",
    "= conv1d(#11, #2) 2 × 3 → 3 × 5, kernel 2, groups 3",
    "#13 int32 = argmaxWindow(#12) 6 × 5 → 2, kernel 2",
    "= take(#12, #13) 6 × 5 → 2",
    "= put(#8, #13) 6 × 2 → 5",
    "= scatterAdd(#17) 6 × 6 → 4 × 1",
    "= conv1dWeight(#11, #14) 3 × 3 over 2 × 5, kernel 2",
    "= conv1dInput(#14, #2) 2 × 3 → 3 × 6, kernel 2",
    "= sum(#20) 2 × 3 × 2 over axes 0, 2",
    "float64 = cast(#20) float32 → float64",
    "= map(#3, #4) 1: add",
  ])
    expect(text).toContain(line);
});

test("recurrences", () => {
  const [states] = new nn.LSTM(3, 2).forward(zeros([7, 5, 3]));
  const [hidden] = new nn.GRU(3, 2).forward(zeros([7, 5, 3]));
  const text = describePlan(planOf(states, hidden, zeros([2, 7]).cumsum(1)));
  const lstm = "add sigmoid add sigmoid add tanh add sigmoid mul mul add tanh mul";
  const gru = "add sigmoid mul add tanh add sigmoid sub mul add";
  const moments = [
    `\\(#\\d+, #\\d+, #\\d+\\) 5 × 2 × 7: ${lstm}$`,
    `\\(#\\d+, #\\d+, #\\d+, #\\d+\\) 5 × 2 × 7: ${gru}$`,
  ];
  for (const moment of moments) expect(text).toMatch(new RegExp(`= recurrence${moment}`, "m"));
  for (const line of [/= cumsum\(#\d+, #\d+\) 2 × 7$/m]) expect(text).toMatch(line);
});
