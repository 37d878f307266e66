/** A WaveNet of NAM in plain loops over doubles, from the `config` and `weights` of a file: none of our layers, and zeros before the signal. */

type Rows = number[][];
type Film = { active?: boolean; shift?: boolean; groups?: number } | undefined;

// biome-ignore lint/suspicious/noExplicitAny: the JSON of a file
type Config = any;

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

// biome-ignore lint/suspicious/noExplicitAny: as above
function activate(given: any, row: readonly number[], channel: number): number[] {
  const { type, ...settings } = typeof given === "string" ? { type: given } : given;
  const functions: Record<string, (x: number) => number> = {
    Tanh: Math.tanh,
    ReLU: (x) => Math.max(0, x),
    Sigmoid: sigmoid,
    SiLU: (x) => x * sigmoid(x),
    Softsign: (x) => x / (1 + Math.abs(x)),
    Hardswish: (x) => (x <= -3 ? 0 : x >= 3 ? x : (x * (x + 3)) / 6),
    LeakyReLU: (x) => (x > 0 ? x : settings.negative_slope * x),
    PReLU: (x) => (x > 0 ? x : settings.negative_slopes[channel] * x),
    LeakyHardtanh: (x) =>
      x < settings.min_val
        ? (x - settings.min_val) * settings.min_slope + settings.min_val
        : x > settings.max_val
          ? (x - settings.max_val) * settings.max_slope + settings.max_val
          : x,
    Fasttanh: (x) => {
      const [a, x2] = [Math.abs(x), x * x];
      const above = x * (2.45550750702956 + 2.45550750702956 * a + (0.893229853513558 + 0.821226666969744 * a) * x2);
      return above / (2.44506634652299 + (2.44506634652299 + x2) * Math.abs(x + 0.814642734961073 * x * a));
    },
  };
  return row.map(functions[type]!);
}

const plus = (a: Rows, b: Rows): Rows => a.map((row, c) => row.map((value, t) => value + b[c]![t]!));

export function reference(config: Config, weights: readonly number[], signal: readonly number[]): number[] {
  let at = 0;
  const take = (count: number): readonly number[] => {
    at += count;
    return weights.slice(at - count, at);
  };

  function convolve(x: Rows, outChannels: number, size: number, dilation = 1, groups = 1, bias = true): Rows {
    const [inside, outside] = [x.length / groups, outChannels / groups];
    const weight = take(outChannels * inside * size);
    const offsets = bias ? take(outChannels) : new Array(outChannels).fill(0);
    return Array.from({ length: outChannels }, (_, o) => {
      const first = Math.floor(o / outside) * inside;
      return x[0]!.map((_, t) => {
        let sum = offsets[o]!;
        for (let i = 0; i < inside; i++)
          for (let k = 0; k < size; k++)
            sum += weight[(o * inside + i) * size + k]! * (x[first + i]![t - (size - 1 - k) * dilation] ?? 0);
        return sum;
      });
    });
  }

  // Weights come in another order than they are used in, so modulations are taken first and applied later.
  function filmOf(film: Film, width: number, condition: Rows): (x: Rows) => Rows {
    if (!film?.active) return (x) => x;
    const made = convolve(condition, film.shift === false ? width : 2 * width, 1, 1, film.groups);
    return (x) => x.map((row, c) => row.map((value, t) => value * made[c]![t]! + (made[c + width]?.[t] ?? 0)));
  }

  const before = 5000;
  const whole: Rows = [[...new Array(before).fill(0), ...signal]];
  let x = whole;
  let head: Rows | null = null;
  for (const array of config.layers) {
    x = convolve(x, array.channels, 1, 1, 1, false);
    const bottleneck = array.bottleneck ?? array.channels;
    for (const [i, dilation] of array.dilations.entries()) {
      const each = (value: unknown) => (Array.isArray(value) ? value[i] : value);
      const gating = each(array.gating_mode) ?? (array.gated ? "gated" : "none");
      const width = gating === "none" ? bottleneck : 2 * bottleneck;
      const kernelSize = array.kernel_sizes?.[i] ?? array.kernel_size;
      // The order of the weights: the convolutions, then the modulations.
      const layer = at;
      const inner = (array.channels / (array.groups_input ?? 1)) * kernelSize;
      const head1x1 = array.head1x1?.active ? array.head1x1 : null;
      at += width * inner + width + width;
      at += array.channels * (bottleneck / (array.layer1x1?.groups ?? 1)) + array.channels;
      if (head1x1) at += head1x1.out_channels * (bottleneck / head1x1.groups) + head1x1.out_channels;
      const film = (name: string, channels: number) => filmOf(array[name], channels, whole);
      const convPre = film("conv_pre_film", array.channels);
      const convPost = film("conv_post_film", width);
      const mixinPre = film("input_mixin_pre_film", 1);
      const mixinPost = film("input_mixin_post_film", width);
      const activationPre = film("activation_pre_film", width);
      const activationPost = film("activation_post_film", bottleneck);
      const layerPost = film("layer1x1_post_film", array.channels);
      const headPost = film("head1x1_post_film", head1x1?.out_channels);
      const end = at;
      at = layer;
      const filtered = convPost(convolve(convPre(x), width, kernelSize, dilation, array.groups_input));
      const sum = activationPre(plus(filtered, mixinPost(convolve(mixinPre(whole), width, 1, 1, 1, false))));
      const activated = activationPost(
        sum.slice(0, bottleneck).map((row, c) => {
          const straight = activate(each(array.activation), row, c);
          if (gating === "none") return straight;
          const gate = activate(each(array.secondary_activation) ?? "Sigmoid", sum[c + bottleneck]!, c);
          const rest = gating === "gated" ? 0 : 1;
          return straight.map((value, t) => gate[t]! * value + rest * (1 - gate[t]!) * row[t]!);
        }),
      );
      x = plus(x, layerPost(convolve(activated, array.channels, 1, 1, array.layer1x1?.groups)));
      const term = head1x1 ? headPost(convolve(activated, head1x1.out_channels, 1, 1, head1x1.groups)) : activated;
      head = head ? plus(head, term) : term;
      at = end;
    }
    const { out_channels = array.head_size, kernel_size = 1, bias = array.head_bias } = array.head ?? {};
    head = convolve(head!, out_channels, kernel_size, 1, 1, bias);
  }
  let y = head!.map((row) => row.map((value) => value * weights.at(-1)!));
  for (const [i, size] of (config.head?.kernel_sizes ?? []).entries()) {
    const last = i === config.head.kernel_sizes.length - 1;
    const active = y.map((row, c) => activate(config.head.activation, row, c));
    y = convolve(active, last ? config.head.out_channels : config.head.channels, size);
  }
  if (at !== weights.length - 1) throw new Error(`${at} of ${weights.length - 1} weights used`);
  return y[0]!.slice(before);
}
