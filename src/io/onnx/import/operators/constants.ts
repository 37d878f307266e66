/** Operators that make numbers of none, and such about their places. */
import { stridesOf } from "../../../../core/shape.ts";
import { elementsOf, knownSize } from "../folding/numbers.ts";
import { Known } from "../known.ts";
import type { Operators } from "../operator.ts";

export const constants: Operators = {
  Constant: {
    fold: (call) => {
      const tensor = call.constant("value");
      if (tensor) return tensor;
      const float = call.float("value_float");
      if (float !== undefined) return new Known([float], [], "float32");
      const integer = call.integer("value_int");
      if (integer !== undefined) return Known.integers([integer], []);
      const floats = call.floats("value_floats");
      if (floats) return new Known(floats, [floats.length], "float32");
      const integers = call.integers("value_ints");
      if (integers) return Known.integers(integers);
      return call.fail("it has no value of numbers; text and sparse tensors are not read here");
    },
  },
  ConstantOfShape: {
    known: [0],
    fold: (call) => {
      const shape = call.knownIntegers(0, "shape") ?? call.fail("it says no shape");
      const value = call.constant("value") ?? new Known([0], [1], "float32");
      if (value.size !== 1) call.fail(`its value should be one number, has ${value.size}`);
      return new Known(new Array<number>(knownSize(call, shape)).fill(value.numbers[0]!), shape, value.dtype);
    },
  },
  Range: {
    known: [0, 1, 2],
    fold: (call) => {
      const [start, limit, delta] = ["start", "limit", "delta"].map((name, i) => call.knownNumber(i, name)!) as [
        number,
        number,
        number,
      ];
      if (delta === 0 || ![start, limit, delta].every(Number.isFinite))
        call.fail(`start ${start}, limit ${limit}, delta ${delta} are no range`);
      const count = Math.max(Math.ceil((limit - start) / delta), 0);
      const numbers = Array.from({ length: knownSize(call, [count]) }, (_, i) => start + i * delta);
      return elementsOf(call, numbers, [count], call.known(0, "start").dtype);
    },
  },
  NonZero: {
    fold: (call) => {
      const x = call.known(0, "numbers");
      const places = x.numbers.flatMap((number, place) => (number === 0 ? [] : [place]));
      // One row per axis.
      const rows = stridesOf(x.shape).map((stride, axis) =>
        places.map((place) => Math.floor(place / stride) % x.shape[axis]!),
      );
      return Known.integers(rows.flat(), [rows.length, places.length]);
    },
  },
};
