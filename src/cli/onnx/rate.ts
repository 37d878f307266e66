/** Under which names programs put the sampling rate into the metadata. */
const NAMES = ["sample_rate", "sampleRate", "sampling_rate", "samplerate"];

/** Samples per second, where the metadata say so. */
export function rateIn(metadata: ReadonlyMap<string, string>): number | null {
  for (const name of NAMES) {
    const rate = Number(metadata.get(name) ?? Number.NaN);
    if (Number.isFinite(rate) && rate > 0) return rate;
  }
  return null;
}
