import { GraphError, OptionError, OptionTypeError, optim, Parameter, tensor } from "atrous";
import { describe, expect, test } from "vitest";
import { camel, fixture } from "./fixture.ts";

const { lrScheduler: s } = optim;
type Any = optim.SGD | optim.Adam;

const builders: Record<string, (o: Any) => { step(): void; getLastLr(): number[] }[]> = {
  StepLR: (o) => [new s.StepLR(o, 4, { gamma: 0.5 })],
  "StepLR default gamma": (o) => [new s.StepLR(o, 7)],
  MultiStepLR: (o) => [new s.MultiStepLR(o, [3, 8, 8, 20], { gamma: 0.3 })],
  ExponentialLR: (o) => [new s.ExponentialLR(o, 0.9)],
  CosineAnnealingLR: (o) => [new s.CosineAnnealingLR(o, 7, { etaMin: 0.01 })],
  "CosineAnnealingLR to 0": (o) => [new s.CosineAnnealingLR(o, 10)],
  LinearLR: (o) => [new s.LinearLR(o)],
  "LinearLR down": (o) => [new s.LinearLR(o, { startFactor: 0.8, endFactor: 0.1, totalIters: 11 })],
  LambdaLR: (o) => [new s.LambdaLR(o, (epoch) => 0.95 ** epoch)],
  "LambdaLR per group": (o) => [new s.LambdaLR(o, [(epoch) => 1 / (1 + epoch), (epoch) => 0.9 ** epoch])],
  OneCycleLR: (o) => [new s.OneCycleLR(o, 0.5, { totalSteps: 30 })],
  "OneCycleLR options": (o) => [
    new s.OneCycleLR(o, [0.5, 0.2], {
      ...{ epochs: 6, stepsPerEpoch: 5, pctStart: 0.4, annealStrategy: "linear", divFactor: 10, finalDivFactor: 100 },
      ...{ baseMomentum: 0.7, maxMomentum: 0.9 },
    }),
  ],
  "OneCycleLR three phases": (o) => [new s.OneCycleLR(o, 0.5, { totalSteps: 30, threePhase: true })],
  "OneCycleLR without momentum": (o) => [new s.OneCycleLR(o, 0.5, { totalSteps: 30, cycleMomentum: false })],
  "LinearLR and StepLR": (o) => [new s.LinearLR(o, { totalIters: 4 }), new s.StepLR(o, 6, { gamma: 0.5 })],
};

function twoGroups(kind: "SGD" | "Adam" = "SGD"): Any {
  const groups = [{ params: [new Parameter(tensor([0]))] }, { params: [new Parameter(tensor([0]))], lr: 0.02 }];
  return new optim[kind](groups, { lr: 0.1 });
}

const close = (actual: number[], expected: number[]): void =>
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i]! - value)).toBeLessThanOrEqual(1e-13 * Math.abs(value) + 1e-17);
  });

describe("learning rates and momenta of 29 epochs are PyTorch's", () => {
  test.each(fixture.schedules.map((run) => [run.name, run.optimizer, run] as const))("%s of %s", (name, kind, run) => {
    const optimizer = twoGroups(kind);
    const schedulers = builders[name]!(optimizer);
    for (const [epoch, lrs] of run.lrs.entries()) {
      close(
        optimizer.paramGroups.map((group) => group.lr),
        lrs,
      );
      close(
        optimizer.paramGroups.map((group) => ("betas" in group ? group.betas[0] : group.momentum)),
        run.momenta[epoch]!,
      );
      expect(schedulers.at(-1)!.getLastLr()).toEqual(optimizer.paramGroups.map((group) => group.lr));
      for (const scheduler of schedulers) scheduler.step();
    }
  });

  test("every fixture has its builder, and the other way round", () => {
    expect([...new Set(fixture.schedules.map(({ name }) => name))]).toEqual(Object.keys(builders));
  });
});

describe("ReduceLROnPlateau", () => {
  test.each(fixture.plateaus.map((run) => [JSON.stringify(run.options), run] as const))("%s", (_title, run) => {
    const optimizer = twoGroups();
    const scheduler = new s.ReduceLROnPlateau(optimizer, camel(run.options));
    for (const [i, metric] of run.metrics.entries()) {
      scheduler.step(i % 2 === 0 ? metric : tensor(metric, { dtype: "float64" }));
      close(scheduler.getLastLr(), run.lrs[i]!);
    }
  });
});

test.each(["StepLR", "CosineAnnealingLR", "LinearLR", "OneCycleLR"])("%s goes on from saved states", (name) => {
  const whole = twoGroups();
  const [first] = builders[name]!(whole) as [optim.lrScheduler.LRScheduler];
  for (let epoch = 0; epoch < 6; epoch++) first.step();
  const again = twoGroups();
  const [second] = builders[name]!(again) as [optim.lrScheduler.LRScheduler];
  again.loadStateDict(whole.stateDict());
  second.loadStateDict(first.stateDict());
  for (let epoch = 0; epoch < 8; epoch++) {
    expect(again.paramGroups.map(({ lr }) => lr)).toEqual(whole.paramGroups.map(({ lr }) => lr));
    expect(second.getLastLr()).toEqual(first.getLastLr());
    first.step();
    second.step();
  }
});

test("lastEpoch begins a cosine in the middle", () => {
  const whole = twoGroups();
  const first = new s.CosineAnnealingLR(whole, 10);
  for (let epoch = 0; epoch < 6; epoch++) first.step();
  const again = twoGroups();
  again.loadStateDict(whole.stateDict());
  const second = new s.CosineAnnealingLR(again, 10, { lastEpoch: 5 });
  close(second.getLastLr(), first.getLastLr());
});

describe("errors", () => {
  const cases: [string, () => unknown, Error][] = [
    [
      "no optimizer",
      () => new s.StepLR({} as optim.SGD, 3),
      new OptionTypeError("StepLR: the first argument must be an optimizer, got Object"),
    ],
    [
      "stepSize",
      () => new s.StepLR(twoGroups(), 0),
      new OptionError("StepLR: stepSize must be an integer in 1..2147483647, got 0"),
    ],
    [
      "misspelt option",
      () => new s.CosineAnnealingLR(twoGroups(), 3, { eta_min: 0 } as object),
      new OptionError('CosineAnnealingLR: unknown option "eta_min"; did you mean "etaMin"?'),
    ],
    [
      "milestones",
      () => new s.MultiStepLR(twoGroups(), 3 as unknown as number[]),
      new OptionTypeError("MultiStepLR: milestones must be an array of epochs, got 3"),
    ],
    [
      "startFactor",
      () => new s.LinearLR(twoGroups(), { startFactor: 2 }),
      new OptionError("LinearLR: startFactor must be in 0..1, got 2"),
    ],
    [
      "count of functions",
      () => new s.LambdaLR(twoGroups(), [() => 1]),
      new OptionError("LambdaLR: expected 2 values of lrLambda, one per parameter group, got 1"),
    ],
    [
      "no length of the cycle",
      () => new s.OneCycleLR(twoGroups(), 1, { epochs: 3 }),
      new OptionError("OneCycleLR: give totalSteps, or epochs and stepsPerEpoch"),
    ],
    [
      "past the cycle",
      () => {
        const cycle = new s.OneCycleLR(twoGroups(), 1, { totalSteps: 3 });
        for (let step = 0; step < 4; step++) cycle.step();
      },
      new GraphError("OneCycleLR: step 4 is past the end of the cycle (totalSteps 3)"),
    ],
    [
      "lastEpoch without initialLr",
      () => new s.StepLR(twoGroups(), 3, { lastEpoch: 4 }),
      new OptionError(
        "StepLR: group 0 has no initialLr, which lastEpoch 4 needs; load the optimizer's state dict first",
      ),
    ],
    [
      "factor",
      () => new s.ReduceLROnPlateau(twoGroups(), { factor: 1 }),
      new OptionError("ReduceLROnPlateau: factor must be less than 1, got 1"),
    ],
  ];
  test.each(cases)("%s", (_name, build, error) => {
    expect(build).toThrow(error);
  });
});
