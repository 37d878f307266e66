/** Cast and CastLike. */
import type { Tensor } from "../../../../graph/tensor.ts";
import { equal } from "../../../../ops/elementwise/binary.ts";
import { cast } from "../../../../ops/shape/cast.ts";
import { type FileDType, memoryDType } from "../../../bytes/index.ts";
import { elementType, refusedType } from "../../proto/elementTypes.ts";
import type { Call } from "../call.ts";
import { elementsOf } from "../folding/numbers.ts";
import type { Operator, Operators } from "../operator.ts";

const casting = (typeOf: (call: Call) => FileDType): Operator => ({
  fold: (call) => {
    const x = call.known(0, "numbers");
    const type = typeOf(call);
    return elementsOf(call, /int/.test(type) ? x.numbers.map(Math.trunc) : x.numbers, x.shape, type);
  },
  build: (call) => castTensor(call.tensor(0), typeOf(call)),
});

export const types: Operators = {
  Cast: casting((call) => {
    const number = call.integer("to") ?? call.fail("it says no type to cast to");
    const type = elementType(number);
    if (type && !type.startsWith("float8")) return type;
    return call.fail(`it casts to ${type ?? refusedType(number)}, which is not computed with here`);
  }),
  CastLike: casting((call) => call.value(1).dtype),
};

/** A bool is 0 or 1, in whatever type: what is cast to one becomes so, and what is cast from one stays. */
function castTensor(x: Tensor, type: FileDType): Tensor {
  return type === "bool" ? equal(equal(x, 0), 0) : cast(x, memoryDType(type));
}
