/** A level meter: a bar for the RMS of the last eighth of a second, a mark for the peak, and a number. */

/** What the left end of a meter stands for, in dB below full scale. */
const FLOOR = -60;

/** dB per second by which a mark falls. */
const FALL = 20;

export class Meter {
  readonly #bar: HTMLElement;
  readonly #mark: HTMLElement;
  readonly #number: HTMLElement;
  /** The same for screen readers. */
  readonly #meter: HTMLMeterElement;
  readonly #samples = new Float32Array(2048);
  #peak = FLOOR;
  #shown = 0;

  constructor(element: HTMLElement) {
    this.#meter = element.querySelector("meter")!;
    this.#bar = element.querySelector<HTMLElement>(".bar")!;
    this.#mark = element.querySelector<HTMLElement>(".mark")!;
    this.#number = element.querySelector<HTMLElement>(".number")!;
    this.clear();
  }

  /** Reads the analyser; `seconds` since the last time. */
  update(analyser: AnalyserNode, seconds: number): void {
    analyser.getFloatTimeDomainData(this.#samples);
    let [sum, peak] = [0, 0];
    for (const sample of this.#samples) {
      sum += sample * sample;
      peak = Math.max(peak, Math.abs(sample));
    }
    const level = decibels(Math.sqrt(sum / this.#samples.length));
    this.#peak = Math.max(decibels(peak), this.#peak - FALL * seconds, FLOOR);
    this.#draw(level, this.#peak);
    // Ten times a second is what an eye can follow.
    this.#shown += seconds;
    if (this.#shown < 0.1) return;
    this.#shown = 0;
    this.#tell(level);
  }

  clear(): void {
    this.#peak = FLOOR;
    this.#draw(FLOOR, FLOOR);
    this.#tell(FLOOR);
  }

  #draw(level: number, peak: number): void {
    this.#bar.style.transform = `scaleX(${shareOf(level)})`;
    this.#mark.style.left = `${100 * shareOf(peak)}%`;
    this.#mark.classList.toggle("over", peak >= 0);
  }

  #tell(level: number): void {
    this.#number.textContent = level <= FLOOR ? "silent" : `${level.toFixed(0).replace("-", "−")} dB`;
    this.#meter.value = level;
  }
}

const decibels = (amplitude: number): number => (amplitude > 0 ? 20 * Math.log10(amplitude) : FLOOR);
const shareOf = (level: number): number => Math.max(0, Math.min(1, 1 - level / FLOOR));
