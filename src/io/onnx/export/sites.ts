import { topologicalOrder } from "../../../graph/evaluate.ts";
import type { Composed, Tensor } from "../../../graph/tensor.ts";
import { overlaidSlices } from "../../../nn/overlay.ts";
import { refuse } from "./refuse.ts";

/** The network for one choice of the free lengths. */
export interface Trace {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** One node of the network, as it is in every trace. */
export interface Site {
  readonly nodes: readonly Tensor[];
  /** Of the operation; "" for a leaf. */
  readonly name: string;
  readonly attributes: readonly unknown[];
  readonly inputs: readonly Site[];
  /** Whether it does not depend on the network's inputs. */
  readonly constant: boolean;
  /** Has it know its operation, if it is one, also when its nodes have been computed and have forgotten theirs. */
  readonly remember: () => void;
  /** The function that it is the result of, in the same words in every trace; `null` if it is none. */
  readonly label: Label | null;
}

export interface Label {
  readonly name: string;
  readonly attributes: readonly unknown[];
  readonly inputs: readonly Site[];
}

/**
 * The graphs of one network laid upon each other. What is below a site is looked at when someone asks, because a function that is
 * written as one need not be of one form below.
 */
export class Sites {
  readonly #known = new Map<string, Site>();
  readonly #depending: ReadonlySet<Tensor>;

  constructor([first]: readonly [Trace, ...Trace[]]) {
    const depending = new Set(first.inputs);
    for (const node of topologicalOrder(first.outputs, () => true))
      if (node.inputs.some((input) => depending.has(input))) depending.add(node);
    this.#depending = depending;
  }

  at(nodes: readonly Tensor[]): Site {
    const key = nodes.map(({ serial }) => serial).join();
    let site = this.#known.get(key);
    if (!site) {
      site = this.#site(nodes);
      this.#known.set(key, site);
    }
    return site;
  }

  #site(nodes: readonly Tensor[]): Site {
    const sites = this;
    const constant = !this.#depending.has(nodes[0]!);
    const label = labelOf(nodes);
    let parts: Parts | undefined;
    const part = (): Parts => {
      parts ??= partsOf(nodes);
      return parts;
    };
    return {
      nodes,
      constant,
      get name() {
        return part().name;
      },
      get attributes() {
        return part().attributes;
      },
      get inputs() {
        return part().inputs.map((input) => sites.at(input));
      },
      remember: () => {
        parts ??= isOneForm(nodes) ? partsOf(nodes) : { name: "", attributes: [], inputs: [] };
      },
      label: label && {
        name: label[0]!.name,
        attributes: label.map(({ attributes }) => attributes),
        get inputs() {
          return label[0]!.inputs.map((_, i) => sites.at(label.map(({ inputs }) => inputs[i]!)));
        },
      },
    };
  }
}

function labelOf(nodes: readonly Tensor[]): readonly Composed[] | null {
  const labels = nodes.flatMap(({ composed }) => (composed ? [composed] : []));
  const [first] = labels;
  const alike = labels.every(({ name, inputs }) => name === first!.name && inputs.length === first!.inputs.length);
  return first && labels.length === nodes.length && alike ? labels : null;
}

interface Parts {
  readonly name: string;
  readonly attributes: readonly unknown[];
  readonly inputs: readonly (readonly Tensor[])[];
}

/** Whether nodes are one operation over as many inputs. */
const isOneForm = ([first, ...others]: readonly Tensor[]): boolean =>
  others.every(({ op, inputs }) => op?.name === first!.op?.name && inputs.length === first!.inputs.length);

function partsOf(nodes: readonly Tensor[]): Parts {
  const sliced = overlaidSlices(nodes);
  if (sliced) return sliced;
  const [first] = nodes as [Tensor];
  const other = nodes.find((node) => !isOneForm([first, node]));
  if (other)
    refuse(
      `the network takes another form at another length: where it has ${first.op?.name ?? "a constant"} at one, it has ${other.op?.name ?? "a constant"} at another; the option lengthMultiple says what the length is a multiple of, or dynamic: false fixes it`,
    );
  return {
    name: first.op?.name ?? "",
    attributes: nodes.map(({ attributes }) => attributes),
    inputs: first.inputs.map((_, i) => nodes.map(({ inputs }) => inputs[i]!)),
  };
}
