import type { Instruction } from "../../../../core/kernels.ts";
import {
  doWhile,
  type FunctionReference,
  get,
  i32,
  ifThen,
  increase,
  type Local,
  leave,
  type Statement,
  type V128,
  whileDo,
} from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";
import { chain } from "./chain.ts";
import { type Input, scalarInput, stridedInput, vectorInput } from "./inputs.ts";
import { stridedOutput, vectorOutput } from "./outputs.ts";
import { Scope } from "./scope.ts";
import { simple } from "./simple.ts";

/** How an input moves along a row: by one element, not at all, or by a step that the caller gives in bytes. */
export type RowInput = "vector" | "scalar" | "strided";

/**
 * A function (out, count, in₀, in₁, …, step of each strided input in bytes) that computes `count` consecutive float32 at `out` by a
 * chain of functions. Addresses need no alignment; `out` may be an input. Up to 12 bytes after the end of a vector input are read.
 * A number gives the same bits at every place of a row. With a "strided" output, its step in bytes is the last parameter.
 */
export function rowFunction(
  emission: Emission,
  body: readonly Instruction[],
  inputs: readonly RowInput[],
  output: "vector" | "strided" = "vector",
): FunctionReference<null> {
  const key = `map row ${JSON.stringify([output, inputs, body])}`;
  return emission.shared(key, () => makeRow(emission, body, inputs, output));
}

/** Up to so many simple functions, two vectors per turn of the loop are faster: 0.10 against 0.15 ns per element of a sum. */
const CHEAP = 4;

type Variable = Local<"i32">;

function makeRow(
  emission: Emission,
  body: readonly Instruction[],
  inputs: readonly RowInput[],
  output: "vector" | "strided",
): FunctionReference<null> {
  const strided = [...inputs, output].filter((kind) => kind === "strided");
  const parameters = ["out", "count", ...inputs, ...strided].map(() => "i32" as const);
  return emission.module.function({ parameters }, (builder, ...variables) => {
    const [out, count, ...others] = variables as [Variable, Variable, ...Variable[]];
    const [addresses, steps] = [others.slice(0, inputs.length), others.slice(inputs.length)];
    const scope = new Scope(emission, builder);
    const sources = inputs.map((kind, i): Input => {
      const address = addresses[i]!;
      if (kind === "vector") return vectorInput(address);
      return kind === "scalar" ? scalarInput(scope, address) : stridedInput(builder, address, steps.shift()!);
    });
    const target = output === "vector" ? vectorOutput(out) : stridedOutput(out, steps.shift()!);
    /** The chain on four elements, `offset` bytes after the next one. */
    const pass = (offset: number, store: (result: V128) => Statement): Statement => {
      const operands = sources.map((source) => source.load(offset));
      const [result] = chain(scope, body, operands) as [V128];
      return [scope.take(), store(result)];
    };
    const advance = (elements: number): Statement => [
      target.advance(elements),
      sources.map((source) => source.advance(elements)),
      increase(count, -elements),
    ];
    const few = i32.ltS(get(count), 4);
    const pairs = (): Statement => [
      whileDo(
        i32.geS(get(count), 8),
        pass(0, (result) => target.store(result, 0)),
        pass(16, (result) => target.store(result, 16)),
        advance(8),
      ),
      ifThen(i32.eqz(get(count)), [leave]),
    ];
    const cheap = strided.length === 0 && body.length <= CHEAP && body.every(({ fn }) => fn in simple);
    const shorten = sources.map((source) => source.shorten(count));
    return [
      ifThen(i32.leS(get(count), 0), [leave]),
      scope.before,
      sources.map((source) => source.before),
      cheap ? pairs() : [],
      doWhile(
        get(count),
        strided.length > 0 ? ifThen(few, shorten) : [],
        pass(0, (result) => [ifThen(few, [target.storeFew(result, count), leave]), target.store(result, 0)]),
        advance(4),
      ),
    ];
  });
}
