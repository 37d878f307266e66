/** What a report tells, and the form in which the page's script gets it. */

export interface ReportExample {
  /** A few words, such as "voice in pink noise". */
  name: string;
  /** Samples per second of all three signals, which are of one length. */
  sampleRate: number;
  noisy: Float32Array;
  denoised: Float32Array;
  clean: Float32Array;
}

/** A curve over training steps; both arrays are of one length. */
export interface Curve {
  steps: readonly number[];
  values: readonly number[];
}

export interface ReportData {
  title: string;
  /** Mean SI-SDR of the held-out set in dB, as it was recorded and as the network gives it back. */
  siSdr: { before: number; after: number };
  /** Rows of the facts table, in order. */
  facts: readonly (readonly [label: string, value: string])[];
  /** `label` names the quantity and its unit, as in "mean absolute error". */
  loss: { label: string; training: Curve; validation?: Curve };
  /** Held-out examples. One of 4 s at 16 kHz takes about 1 MB of the page. */
  examples: readonly ReportExample[];
}

/** The loss as uPlot takes it: one axis for all columns, null where a column has no value. */
export interface PageLoss {
  label: string;
  /** The range of a logarithmic axis, null where a linear one shows the curve as well. */
  logRange: [low: number, high: number] | null;
  names: string[];
  steps: number[];
  columns: (number | null)[][];
}

/** A spectrogram as the page gets it: the bytes of `Spectrogram.levels` in base64. */
export interface PageSpectrogram {
  frames: number;
  bins: number;
  /** Seconds from one frame to the next. */
  frameStep: number;
  /** kHz from one bin to the next. */
  binStep: number;
  levels: string;
}

/** What the script finds in the page beside the markup; the samples of waveforms are read from the audio elements. */
export interface PageData {
  loss: PageLoss;
  /** Colours from the quietest to the loudest, CSS hexadecimal. */
  colours: readonly string[];
  /** One row per example, one spectrogram per signal. */
  spectrograms: PageSpectrogram[][];
}
