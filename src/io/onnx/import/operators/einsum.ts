/** Einsum of one or two inputs, whose axes have different letters. */
import { show } from "../../../../core/options.ts";
import { showShape } from "../../../../core/shape.ts";
import type { Tensor } from "../../../../graph/tensor.ts";
import { sum } from "../../../../ops/reduce/sum.ts";
import { reshape } from "../../../../ops/shape/reshape.ts";
import { permute } from "../../../../ops/shape/transpose.ts";
import type { Call } from "../call.ts";
import type { Operators } from "../operator.ts";
import { isWeight, product } from "../product.ts";

export const einsum: Operators = {
  Einsum: {
    build: (call) => {
      const { terms, result } = equationOf(call);
      const lengths = new Map<string, number>();
      const inputs = terms.map((letters, i): Lettered => {
        const x = call.tensor(i);
        if (x.rank !== letters.length) call.fail(`its equation has ${show(letters)} for shape ${showShape(x.shape)}`);
        for (const [axis, letter] of [...letters].entries()) {
          const length = lengths.get(letter) ?? x.shape[axis]!;
          if (length !== x.shape[axis])
            call.fail(`axis ${show(letter)} has the lengths ${length} and ${x.shape[axis]}`);
          lengths.set(letter, length);
        }
        const others = result + terms.filter((_, j) => j !== i).join("");
        return summed({ x, letters }, (letter) => !others.includes(letter));
      });
      const [first, second] = inputs as [Lettered, Lettered?];
      if (!second) return inOrder(first, result);
      // The weight comes last, so that the axes of the signal stay apart.
      const swap = isWeight(call, 0) && !isWeight(call, 1);
      return inOrder(swap ? multiplied(second, first, result) : multiplied(first, second, result), result);
    },
  },
};

/** A tensor, and what its axes are called. */
interface Lettered {
  readonly x: Tensor;
  readonly letters: string;
}

function equationOf(call: Call): { terms: readonly string[]; result: string } {
  const equation = call.string("equation", "").replaceAll(" ", "");
  const [left = "", right] = equation.split("->");
  const terms = left.split(",");
  const once = [...left.replaceAll(",", "")].filter((letter, _, all) => all.filter((l) => l === letter).length === 1);
  const result = right ?? once.sort().join("");
  const isRead = [...terms, result].every(
    (letters) => /^[A-Za-z]*$/.test(letters) && new Set(letters).size === letters.length,
  );
  if (!isRead || ![...result].every((letter) => left.includes(letter)))
    call.fail(`equation ${show(equation)} is not read here: only different letters for the axes of each input are`);
  if (terms.length !== call.inputs.length || terms.length > 2)
    call.fail(`it has ${call.inputs.length} inputs for the equation ${show(equation)}; only 1 or 2 are read here`);
  return { terms, result };
}

/** Without the axes that nothing else has. */
function summed({ x, letters }: Lettered, isAlone: (letter: string) => boolean): Lettered {
  const axes = [...letters].flatMap((letter, axis) => (isAlone(letter) ? [axis] : []));
  if (axes.length === 0) return { x, letters };
  return { x: sum(x, axes), letters: [...letters].filter((letter) => !isAlone(letter)).join("") };
}

const inOrder = ({ x, letters }: Lettered, order: string): Tensor =>
  permute(
    x,
    [...order].map((letter) => letters.indexOf(letter)),
  );

/** As a product of matrices: a batch of what both have and the result has, too; rows of one, columns of the other. */
function multiplied(a: Lettered, b: Lettered, result: string): Lettered {
  const only = (letters: string, keep: (letter: string) => boolean): string => [...letters].filter(keep).join("");
  const batch = only(a.letters, (letter) => b.letters.includes(letter) && result.includes(letter));
  const inner = only(a.letters, (letter) => b.letters.includes(letter) && !result.includes(letter));
  const rows = only(a.letters, (letter) => !b.letters.includes(letter));
  const columns = only(b.letters, (letter) => !a.letters.includes(letter));
  const lengthsOf = ({ x, letters }: Lettered, of: string): number[] =>
    [...of].map((letter) => x.shape[letters.indexOf(letter)]!);
  const size = (lengths: readonly number[]): number => lengths.reduce((product, length) => product * length, 1);
  const [rowLengths, columnLengths] = [lengthsOf(a, rows), lengthsOf(b, columns)];
  const [batchLengths, innerLengths] = [lengthsOf(a, batch), lengthsOf(a, inner)];
  // One matrix for all takes any number of axes in front of its rows.
  const kept = batch === "" && rows !== "" ? rowLengths : [size(rowLengths)];
  const left = reshape(inOrder(a, batch + rows + inner), [...batchLengths, ...kept, size(innerLengths)]);
  const right = reshape(inOrder(b, batch + inner + columns), [
    ...batchLengths,
    size(innerLengths),
    size(columnLengths),
  ]);
  const x = reshape(product(left, right, false), [...batchLengths, ...rowLengths, ...columnLengths]);
  return { x, letters: batch + rows + columns };
}
