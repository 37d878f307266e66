import { F, gradients, nn, randn, tensor, zeros } from "atrous";
import { describe, expect, test } from "vitest";

const f64 = { dtype: "float64" } as const;
const ramp = (length: number): number[] => Array.from({ length }, (_, i) => i);

describe("nearest", () => {
  test("by a whole factor repeats every sample exactly, however long the signal", () => {
    for (const factor of [1, 2, 3, 49, 83]) {
      const y = F.interpolate(tensor([ramp(2000)]), { scaleFactor: factor }).dataSync();
      expect(y).toHaveLength(2000 * factor);
      expect(y.every((value, t) => value === Math.floor(t / factor))).toBe(true);
      const bySize = F.interpolate(tensor([ramp(2000)]), { size: 2000 * factor });
      expect(bySize.dataSync()).toEqual(y);
    }
  });

  test("a whole factor is a repetition for readers of the graph, another one an index map", () => {
    const meaning = (options: object): unknown =>
      (F.interpolate(zeros([1, 4]), options).attributes as { meaning: unknown }).meaning;
    expect(meaning({ scaleFactor: 3 })).toEqual({ kind: "repeat", times: 3 });
    expect(meaning({ size: 8 })).toEqual({ kind: "repeat", times: 2 });
    expect(meaning({ scaleFactor: 1.5 })).toEqual({ kind: "index" });
  });

  test("its gradient adds up what was repeated", () => {
    const x = randn([1, 2, 3], { ...f64, requiresGrad: true });
    const g = randn([1, 2, 6], f64);
    const [gx] = gradients(F.interpolate(x, { scaleFactor: 2 }).mul(g).sum(), [x]);
    expect(
      gx!
        .sub(g.reshape([1, 2, 3, 2]).sum(3))
        .abs()
        .max()
        .item(),
    ).toBe(0);
  });
});

describe("linear", () => {
  test("draws a line through a line", () => {
    const y = F.interpolate(tensor([ramp(5)], f64), { size: 9, mode: "linear", alignCorners: true }).dataSync();
    expect(Array.from(y, Number)).toEqual(ramp(9).map((t) => t / 2));
  });

  test("halves of two samples lie a quarter from each other's place, and the ends are held", () => {
    const y = F.interpolate(tensor([[0, 4]], f64), { scaleFactor: 2, mode: "linear" });
    expect(y.toArray()).toEqual([[0, 1, 3, 4]]);
  });

  test("places of long signals are exact in float32", () => {
    const length = 100_001;
    const x = tensor([ramp(length).map((t) => t % 2)]);
    const y = F.interpolate(x, { size: 2 * length - 1, mode: "linear", alignCorners: true }).dataSync();
    expect(y.every((value, t) => value === (t % 2 === 1 ? 0.5 : (t / 2) % 2))).toBe(true);
  });
});

test("what does not fit is an error that says so", () => {
  const x = zeros([1, 4]);
  expect(() => F.interpolate(x, {})).toThrow("interpolate: either size or scaleFactor should be defined");
  expect(() => new nn.Upsample({ size: 3, scaleFactor: 2 })).toThrow(
    "Upsample: only one of size or scaleFactor should be defined, got 3 and 2",
  );
  expect(() => F.interpolate(x, { scaleFactor: 2, alignCorners: true })).toThrow(
    'interpolate: alignCorners can only be set with mode "linear", got mode "nearest"',
  );
  expect(() => F.interpolate(x, { scaleFactor: 2, mode: "cubic" } as object)).toThrow('got "cubic"');
  expect(() => F.interpolate(x, { scaleFactor: 0.1 })).toThrow(
    "interpolate: input and output lengths must be at least 1, got 4 and 0 (input [1, 4], scaleFactor 0.1)",
  );
  expect(() => F.interpolate(x, { scaleFactor: -1 })).toThrow("scaleFactor must be positive and finite, got -1");
  expect(() => F.interpolate(x, { size: 0 })).toThrow("interpolate: size must be an integer in 1..");
  expect(() => F.interpolate(zeros([4]), { size: 2 })).toThrow("interpolate: expected an input (channels, length)");
});

describe("padding layers", () => {
  const x = tensor([[1, 2, 3, 4]]);

  test("put in front and behind what their names say", () => {
    const row = (layer: nn.Module): unknown => (layer.forward(x).toArray() as unknown[])[0];
    expect(row(new nn.ZeroPad1d(1))).toEqual([0, 1, 2, 3, 4, 0]);
    expect(row(new nn.ConstantPad1d([2, 0], 7))).toEqual([7, 7, 1, 2, 3, 4]);
    expect(row(new nn.ReflectionPad1d([2, 1]))).toEqual([3, 2, 1, 2, 3, 4, 3]);
    expect(row(new nn.ReplicationPad1d([1, 2]))).toEqual([1, 1, 2, 3, 4, 4, 4]);
    expect(row(new nn.CircularPad1d([1, 2]))).toEqual([4, 1, 2, 3, 4, 1, 2]);
    expect(row(new nn.Crop([1, 2]))).toEqual([2]);
    expect(row(new nn.ZeroPad1d([-1, 2]))).toEqual([2, 3, 4, 0, 0]);
  });

  test("print as PyTorch's", () => {
    expect(String(new nn.ZeroPad1d(1))).toBe("ZeroPad1d((1, 1))");
    expect(String(new nn.CircularPad1d([1, 2]))).toBe("CircularPad1d((1, 2))");
    expect(String(new nn.Crop([1, 2]))).toBe("Crop((1, 2))");
  });

  test("refuse what does not fit", () => {
    expect(() => new nn.ReflectionPad1d(4).forward(x)).toThrow(
      "reflect padding [4, 4] must be less than the length 4 on each side",
    );
    expect(() => new nn.CircularPad1d(5).forward(x)).toThrow("it would wrap around more than once");
    expect(() => new nn.Crop(3).forward(x)).toThrow("pad: [-3, -3] leaves nothing of shape [1, 4]");
    expect(() => new nn.Crop(-1)).toThrow("Crop: amounts must be an integer in 0..");
    expect(() => new nn.ZeroPad1d([1, 2, 3] as never)).toThrow(
      "ZeroPad1d: padding must be an integer or [before, after]",
    );
    expect(() => new nn.ConstantPad1d(1, "0" as never)).toThrow('ConstantPad1d: value must be a number, got "0"');
  });
});

test("Pad1d takes the mode by name", () => {
  const x = tensor([[1, 2, 3]]);
  expect(new nn.Pad1d([2, 1], { mode: "reflect" }).forward(x).toArray()).toEqual([[3, 2, 1, 2, 3, 2]]);
  expect(new nn.Pad1d(1, { mode: "constant", value: 7 }).forward(x).toArray()).toEqual([[7, 1, 2, 3, 7]]);
  expect(String(new nn.Pad1d([2, 1], { mode: "circular" }))).toBe("Pad1d((2, 1), mode=circular)");
  expect(() => new nn.Pad1d(1, { mode: "mirror" as never })).toThrow("Pad1d: ");
  expect(() => new nn.Pad1d(1, { mode: "reflect", value: 1 })).toThrow("Pad1d: a value (1) goes with mode");
  expect(() => new nn.Pad1d(1, { modes: "reflect" } as never)).toThrow('Pad1d: unknown option "modes"');
});
