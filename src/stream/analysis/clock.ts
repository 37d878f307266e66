import { gcd, lcm } from "../../core/gcd.ts";
import { Obstacle } from "./obstacle.ts";

/**
 * How many samples of a signal inside a network are final, as a function of how many samples the network was given:
 * `F = max(0, B − lag) + advance`, where B is the function of its base: the input, what changes the rate, or a slower one of two.
 * Two clocks with the same base, lag and advance are the same function, so signals that have them come at the same time.
 */
export interface Clock {
  readonly base: number;
  readonly lag: number;
  readonly advance: number;
  /** F(n + period) = F(n) + count, once F(n) > 0. */
  readonly period: number;
  readonly count: number;
  /** n · count/period − low ≤ F(n) ≤ n · count/period + high. */
  readonly low: number;
  readonly high: number;
  /** Samples that are sure to follow after F(n), even if the signal ends now. */
  readonly tail: number;
}

export const rateOf = ({ count, period }: Clock): number => count / period;

export const sameTime = (a: Clock, b: Clock): boolean =>
  a.base === b.base && a.lag === b.lag && a.advance === b.advance;

/** Makes clocks, and gives the same number to the same base. */
export class Clocks {
  readonly #bases = new Map<string, number>();

  /** The clock of the network's input: F(n) = n. */
  input(): Clock {
    return { base: this.#base("input"), lag: 0, advance: 0, period: 1, count: 1, low: 0, high: 0, tail: 0 };
  }

  /** F' = max(0, F + shift); of the samples to follow, `more` become more. */
  shifted(clock: Clock, shift: number, more: number): Clock {
    const tail = Math.max(0, clock.tail + more);
    const [low, high] = [clock.low - shift, Math.max(clock.high + shift, 0)];
    if (shift >= 0) return { ...clock, advance: clock.advance + shift, low, high, tail };
    const beyond = Math.max(0, -shift - clock.advance);
    return { ...clock, lag: clock.lag + beyond, advance: Math.max(0, clock.advance + shift), low, high, tail };
  }

  /** `up` samples for every `down`, give or take: n·up/down − low ≤ F'(n) ≤ n·up/down + high. `name` tells functions apart. */
  rated(
    clock: Clock,
    name: string,
    { up, down, low, high, tail }: { up: number; down: number; low: number; high: number; tail: number },
  ): Clock {
    const base = this.#base(`${name} of ${clock.base} ${clock.lag} ${clock.advance}`);
    const count = clock.count * up;
    const common = gcd(count, down);
    const rate = up / down;
    return {
      base,
      lag: 0,
      advance: 0,
      period: (clock.period * down) / common,
      count: count / common,
      low: clock.low * rate + low,
      high: clock.high * rate + high,
      tail: Math.max(0, tail),
    };
  }

  /** The slowest of several; `what` needs them. */
  slowest(clocks: readonly Clock[], what: string): Clock {
    return clocks.reduce((a, b) => this.#slower(a, b, what));
  }

  #slower(a: Clock, b: Clock, what: string): Clock {
    if (a.count * b.period !== b.count * a.period)
      throw new Obstacle(
        `${what} meets signals of different rates, ${a.count}/${a.period} and ${b.count}/${b.period} of the input's`,
      );
    const tail = Math.max(a.tail, b.tail);
    if (a.base === b.base) {
      const isSlower = (x: Clock, y: Clock): boolean =>
        x.advance <= y.advance && x.advance - x.lag <= y.advance - y.lag;
      if (isSlower(a, b)) return { ...a, tail };
      if (isSlower(b, a)) return { ...b, tail };
    }
    const [first, second] = [a, b].map(({ base, lag, advance }) => `${base} ${lag} ${advance}`).sort();
    const period = lcm(a.period, b.period);
    return {
      base: this.#base(`slower of ${first} and ${second}`),
      lag: 0,
      advance: 0,
      period,
      count: (a.count * period) / a.period,
      low: Math.max(a.low, b.low),
      high: Math.min(a.high, b.high),
      tail,
    };
  }

  #base(name: string): number {
    const known = this.#bases.get(name);
    if (known !== undefined) return known;
    this.#bases.set(name, this.#bases.size);
    return this.#bases.size - 1;
  }
}
