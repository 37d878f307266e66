import type { Instruction } from "../../../../plan/plan.ts";
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
  v128,
} from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";
import { chain, usesOf } from "./chain.ts";
import { Scope } from "./scope.ts";
import { StridedInput, storeApart, storeFewApart } from "./strided.ts";

/** How an input moves along a row: by one element, not at all, or by a step that the caller gives in bytes. */
export type RowInput = "vector" | "scalar" | "strided";

/**
 * A function (out, count, in₀, in₁, …, step of each strided input in bytes) that computes `count` consecutive float32 at `out` by a
 * chain of functions. Addresses need no alignment; `out` may be an input. Up to 12 bytes after the end of a vector input are read.
 * With a "strided" output, its step in bytes is the last parameter.
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

type Variable = Local<"i32">;

function makeRow(
  emission: Emission,
  body: readonly Instruction[],
  inputs: readonly RowInput[],
  output: "vector" | "strided",
): FunctionReference<null> {
  const steps = [...inputs, output].filter((kind) => kind === "strided");
  const parameters = ["out", "count", ...inputs, ...steps].map(() => "i32" as const);
  return emission.module.function({ parameters }, (builder, ...variables) => {
    const [out, count, ...rest] = variables as [Variable, Variable, ...Variable[]];
    const nextStep = rest.slice(inputs.length).values();
    const scope = new Scope(emission, builder);
    const used = usesOf(body, inputs.length);
    const strided: StridedInput[] = [];
    const advance: Statement[] = [];
    const operands = inputs.map((kind, i) => {
      const address = rest[i]!;
      const step = kind === "strided" ? nextStep.next().value! : undefined;
      if (used[i] === 0) return [];
      if (kind === "scalar") return scope.once(v128.load32Splat(get(address)));
      advance.push(increase(address, step ? i32.shl(get(step), i32.const(2)) : 16));
      if (!step) return v128.load(get(address));
      strided.push(new StridedInput(builder, address, step));
      return strided.at(-1)!.load;
    });
    const result = scope.assign(chain(scope, body, operands));
    const outStep = output === "strided" ? nextStep.next().value! : null;
    const few = i32.ltS(get(count), i32.const(4));
    return [
      ifThen(i32.leS(get(count), i32.const(0)), [leave]),
      scope.before,
      strided.map((input) => input.before),
      doWhile(
        get(count),
        strided.length > 0
          ? ifThen(
              few,
              strided.map((input) => input.shorten(count)),
            )
          : [],
        scope.statements,
        ifThen(few, [outStep ? storeFewApart(out, outStep, count, result) : storeFew(out, count, result), leave]),
        outStep ? storeApart(out, outStep, result) : v128.store(get(out), get(result)),
        increase(out, outStep ? i32.shl(get(outStep), i32.const(2)) : 16),
        advance,
        increase(count, -4),
      ),
    ];
  });
}

/** Stores the first one, two or three lanes. */
function storeFew(out: Variable, count: Variable, result: Local<"v128">): Statement {
  return ifThen(
    i32.gtS(get(count), i32.const(1)),
    [
      v128.store64Lane(get(out), get(result), 0),
      ifThen(i32.eq(get(count), i32.const(3)), [v128.store32Lane(get(out), get(result), 2, 8)]),
    ],
    [v128.store32Lane(get(out), get(result), 0)],
  );
}
