import type { Conv1d } from "../../nn/convolution/conv1d.ts";
import { Module } from "../../nn/module.ts";
import { add } from "../../ops/elementwise/binary.ts";
import type { ArrayShape } from "./architecture.ts";
import { layerOf } from "./film.ts";
import { causal, each, type Heard } from "./heard.ts";
import { Layer } from "./layer.ts";

/** Layers of one width, one after the other, and what they add up for the head. */
export class LayerArray extends Module<[Heard, Heard, Heard | null], [next: Heard, head: Heard]> {
  readonly rechannel: Conv1d;
  readonly layers: readonly Layer[];
  readonly head_rechannel: Conv1d;

  constructor({ rechannel, layers, headRechannel }: ArrayShape) {
    super();
    this.rechannel = layerOf(rechannel);
    this.layers = layers.map((layer) => new Layer(layer));
    this.head_rechannel = layerOf(headRechannel);
  }

  /** `head` is what the array before has added up, `null` for the first one. */
  override forward(x: Heard, condition: Heard, head: Heard | null): [Heard, Heard] {
    let y = causal(this.rechannel, x);
    let sum = head;
    for (const layer of this.layers) {
      const [next, term] = layer.forward(y, condition);
      sum = sum ? each(sum, add, term) : term;
      y = next;
    }
    return [y, causal(this.head_rechannel, sum!)];
  }
}
