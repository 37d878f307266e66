import type { Tensor } from "../../graph/tensor.ts";
import type { Conv1d } from "../../nn/convolution/conv1d.ts";
import { Module } from "../../nn/module.ts";
import { add, mul, sub } from "../../ops/elementwise/binary.ts";
import type { FilmName, LayerShape } from "./architecture.ts";
import { channels, Film, layerOf } from "./film.ts";
import { causal, each, type Heard } from "./heard.ts";

/**
 * One layer of a WaveNet: `activation(conv(x) + input_mixer(condition))`, which goes to the head, and through another convolution and a
 * skip to the next layer.
 */
export class Layer extends Module<[Heard, Heard], [next: Heard, forHead: Heard]> {
  // Assigned in the order of the weights in files.
  readonly conv: Conv1d;
  readonly input_mixer: Conv1d;
  readonly layer1x1: Conv1d;
  readonly head1x1: Conv1d | null;
  readonly films: readonly Film[];
  readonly #shape: LayerShape;

  constructor(shape: LayerShape) {
    super();
    this.conv = layerOf(shape.conv);
    this.input_mixer = layerOf(shape.mixer);
    this.layer1x1 = layerOf(shape.layer1x1);
    this.head1x1 = shape.head1x1 && layerOf(shape.head1x1);
    this.films = Array.from(shape.films.values(), (film) => new Film(film));
    this.#shape = shape;
  }

  override forward(x: Heard, condition: Heard): [Heard, Heard] {
    const modulated = (name: FilmName, value: Heard): Heard => {
      const index = Array.from(this.#shape.films.keys()).indexOf(name);
      return index < 0 ? value : each(value, (a, b) => this.films[index]!.forward(a, b), condition);
    };
    const filtered = modulated("conv_post_film", causal(this.conv, modulated("conv_pre_film", x)));
    const mixed = modulated(
      "input_mixin_post_film",
      causal(this.input_mixer, modulated("input_mixin_pre_film", condition)),
    );
    const sum = modulated("activation_pre_film", each(filtered, add, mixed));
    const activated = modulated(
      "activation_post_film",
      each(sum, (value) => this.#activated(value)),
    );
    const residual = modulated("layer1x1_post_film", causal(this.layer1x1, activated));
    const forHead = this.head1x1 ? modulated("head1x1_post_film", causal(this.head1x1, activated)) : activated;
    return [each(x, add, residual), forHead];
  }

  #activated(sum: Tensor): Tensor {
    const { gating, activation, secondary, bottleneck } = this.#shape;
    if (!secondary) return activation.forward(sum);
    const straight = channels(sum, 0, bottleneck);
    const gate = secondary.forward(channels(sum, bottleneck, 2 * bottleneck));
    const product = mul(activation.forward(straight), gate);
    return gating === "gated" ? product : add(product, mul(sub(1, gate), straight));
  }
}
