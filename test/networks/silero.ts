import { F, nn, type Tensor, tensor } from "atrous";
import { TimeLstm } from "./timeLstm.ts";

export interface SileroOptions {
  /** Channels of the first and last convolution and of the LSTM; those between have half. Default 128. */
  channels?: number;
  /** Default true. */
  lstm?: boolean;
}

const WINDOW = 256;
const BINS = WINDOW / 2 + 1;

/** Cosines, then sines, of the 129 frequencies of a window of 256 samples, under a Hann window: `(258, 1, 256)`. */
function fourierBasis(): Tensor {
  const basis = Float32Array.from({ length: 2 * BINS * WINDOW }, (_, i) => {
    const row = Math.floor(i / WINDOW);
    const n = i % WINDOW;
    const phase = (2 * Math.PI * (row % BINS) * n) / WINDOW;
    const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / WINDOW);
    return hann * (row < BINS ? Math.cos(phase) : -Math.sin(phase));
  });
  return tensor(basis, { shape: [2 * BINS, 1, WINDOW] });
}

/**
 * A voice activity detector in the manner of Silero VAD, 16 kHz: `(N, 1, L)` to the probability of speech in each 512 samples,
 * `(N, 1, frames)`. The published one runs on chunks of 576 samples, 64 of them from the chunk before, and reflects 64 at the end of
 * each; here the whole signal is one, reflected at its own end. 0.31 M parameters with the Fourier basis, which is a buffer.
 *
 * `silero_vad/tinygrad_model.py` of https://github.com/snakers4/silero-vad
 */
export class Silero extends nn.Module {
  readonly conv1: nn.Conv1d;
  readonly conv2: nn.Conv1d;
  readonly conv3: nn.Conv1d;
  readonly conv4: nn.Conv1d;
  readonly lstm_cell: TimeLstm | null;
  readonly final_conv: nn.Conv1d;

  constructor({ channels = 128, lstm = true }: SileroOptions = {}) {
    super();
    this.registerBuffer("forward_basis_buffer", fourierBasis());
    this.conv1 = new nn.Conv1d(BINS, channels, 3, { padding: 1 });
    this.conv2 = new nn.Conv1d(channels, channels / 2, 3, { stride: 2, padding: 1 });
    this.conv3 = new nn.Conv1d(channels / 2, channels / 2, 3, { stride: 2, padding: 1 });
    this.conv4 = new nn.Conv1d(channels / 2, channels, 3, { padding: 1 });
    this.lstm_cell = lstm ? new TimeLstm(channels, channels) : null;
    this.final_conv = new nn.Conv1d(channels, 1, 1);
  }

  override forward(signal: Tensor): Tensor {
    let x = this.#magnitude(signal.pad([0, 64], { mode: "reflect" }));
    for (const conv of [this.conv1, this.conv2, this.conv3, this.conv4]) x = conv.forward(x).relu();
    if (this.lstm_cell) x = this.lstm_cell.forward(x);
    return this.final_conv.forward(x.relu()).sigmoid();
  }

  #magnitude(signal: Tensor): Tensor {
    const spectrum = F.conv1d(signal, this.getBuffer("forward_basis_buffer"), null, { stride: WINDOW / 2 });
    const real = spectrum.slice(1, 0, BINS);
    const imaginary = spectrum.slice(1, BINS, 2 * BINS);
    return real.square().add(imaginary.square()).sqrt();
  }
}
