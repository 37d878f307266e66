import { showShape, sizeOf } from "../../core/shape.ts";
import {
  type Instruction,
  type KernelProcess,
  type MoveProcess,
  type Process,
  type Reading,
  type Reference,
  type SignalReference,
  type StreamNetwork,
  sameReference,
} from "../network.ts";
import { type KernelRuleName, kernelRule, kernelRules, type MoveRuleName, moveRule } from "../rules/index.ts";
import type { Pace } from "../rules/rule.ts";
import type { SliceParameters } from "../rules/slice.ts";
import type { Aligned } from "./align.ts";
import { type Clock, Clocks, rateOf, sameTime } from "./clock.ts";
import { Fixed } from "./fixed.ts";
import { type Head, headAtAnyLength, headOf, Refusal } from "./heads.ts";
import { nameOf } from "./nameOf.ts";
import { Obstacle } from "./obstacle.ts";
import { signalAsLong } from "./signalAsLong.ts";

/** What streams of a network, and where that ends. */
export interface Partition {
  readonly network: StreamNetwork;
  /** Signals that are kept whole until the end, because what is made of them needs all of them; empty if the output streams. */
  readonly kept: readonly { readonly node: Aligned; readonly signal: SignalReference }[];
  /** Why a signal inside the network cannot be had before the end; `null` if none is wanted. */
  readonly obstacle: string | null;
  /** After how many input samples signals inside repeat their pace: the strides, taken together. */
  readonly periods: readonly number[];
}

/** A signal inside the network: when it comes, and where it is, on a tape or in a process that can put it on one. */
interface Signal {
  readonly clock: Clock;
  readonly node: Aligned;
  readonly process: KernelDraft | null;
  readonly of: Reference | null;
  /** The number of the process that makes it, −1 for the input. */
  readonly made: number;
  reference: SignalReference | null;
}

interface KernelDraft {
  readonly index: number;
  readonly clock: Clock;
  readonly process: Mutable<KernelProcess>;
  readonly units: { readonly size: number; readonly first: number };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** Cuts an aligned network into processes. @throws Obstacle where there is nothing to keep instead */
export function partition(order: readonly Aligned[]): Partition {
  const refused = new Map<Aligned, string>();
  for (;;) {
    const found = new Partitioner(order, refused).run();
    if ("network" in found) return found;
    // What was prepared for the node is in the way, so all begins anew without it.
    refused.set(found.node, found.reason);
  }
}

class Partitioner {
  readonly #order: readonly Aligned[];
  /** Nodes that are known not to stream, and why. */
  readonly #refused: ReadonlyMap<Aligned, string>;
  readonly #clocks = new Clocks();
  readonly #signals = new Map<Aligned, Signal>();
  readonly #late = new Set<Aligned>();
  readonly #kept = new Map<Aligned, SignalReference>();
  readonly #processes: { readonly process: Process; readonly clock: Clock }[] = [];
  readonly #tapes: number[] = [];
  readonly #fixed = new Fixed();
  #obstacle: string | null = null;

  constructor(order: readonly Aligned[], refused: ReadonlyMap<Aligned, string>) {
    this.#order = order;
    this.#refused = refused;
  }

  /** The network in parts, or one more node that does not stream. */
  run(): Partition | { readonly node: Aligned; readonly reason: string } {
    for (const node of this.#order)
      try {
        this.#place(node);
      } catch (error) {
        if (error instanceof Obstacle && !this.#late.has(node)) return { node, reason: error.message };
        throw error;
      }
    const signal = this.#signals.get(this.#order.at(-1)!);
    // At the length that the signal turns out to have, there may be nothing else that the network still has.
    if (!signal && this.#obstacle !== null) this.#keepSignal(this.#order.find(isInput)!);
    const last = signal && { reference: this.#reference(signal), clock: signal.clock };
    const processes = this.#processes.filter(({ process }) => process.kind === "move" || process.outputs.length > 0);
    const clocks = [...processes.map(({ clock }) => clock), ...(last ? [last.clock] : [])];
    return {
      network: {
        channels: this.#tapes[0]!,
        tapes: this.#tapes,
        processes: processes.map(({ process }) => process),
        output: last?.reference ?? { tape: -1, before: 0, after: 0 },
        fixed: this.#fixed.leaves,
        paces: clocks.map((clock) => ({ rate: rateOf(clock), low: clock.low, high: clock.high })),
        period: last?.clock.period ?? 1,
        count: last?.clock.count ?? 0,
      },
      kept: Array.from(this.#kept, ([node, signal]) => ({ node, signal })),
      obstacle: this.#obstacle,
      periods: [...new Set(clocks.map(({ period }) => period))],
    };
  }

  #place(node: Aligned): void {
    if (isInput(node)) {
      this.#tapes.push(node.nodes[0]!.shape[1]!);
      const reference = { tape: 0, before: 0, after: 0 };
      this.#signals.set(node, { clock: this.#clocks.input(), node, process: null, of: null, made: -1, reference });
      return;
    }
    if (!node.depends) return; // constants are made where they are met
    const reason = node.mismatch?.reason ?? this.#refused.get(node);
    if (reason !== undefined) {
      this.#obstacle ??= reason;
      this.#keep(node);
      return;
    }
    if (node.time < 0 || node.inputs.some((input) => this.#late.has(input))) {
      const head = node.name === "cat" ? headOf(node) : null;
      const why = head instanceof Refusal ? head.reason : "needs what is only known at the end of the signal";
      if (node.time >= 0) this.#obstacle ??= `${nameOf(node, this.#order)} ${why}`;
      this.#keep(node);
      return;
    }
    const head = headAtAnyLength(node);
    if (head instanceof Refusal) {
      this.#obstacle ??= `${nameOf(node, this.#order)} ${head.reason}`;
      this.#keep(node);
    } else this.#signals.set(node, head ? this.#headed(node, head) : this.#moment(node));
  }

  /** A node that has to wait for the end, and what it needs until then. */
  #keep(node: Aligned): void {
    this.#late.add(node);
    for (const input of node.inputs) this.#keepSignal(input);
  }

  /** Tapes carry float32: for what is of another type, that is kept which it is made of. */
  #keepSignal(node: Aligned): void {
    const signal = this.#signals.get(node);
    if (!signal) return;
    if (node.nodes[0]!.dtype === "float32") this.#kept.set(node, this.#reference(signal));
    else for (const input of node.inputs) this.#keepSignal(input);
  }

  /** Something that keeps time, as a process of its own. */
  #headed(node: Aligned, head: Head): Signal {
    const source = this.#signals.get(head.source) ?? this.#constant(head.source);
    const gate = head.followsLength ? this.#lengthGiver(node, head.source) : null;
    if (head.rule in kernelRules) return this.#kernel(node, head, source, gate);
    const rule = moveRule(head.rule as MoveRuleName);
    let { parameters } = head;
    if (head.cut !== undefined)
      parameters = { ...(parameters as SliceParameters), hold: holdOf(head.cut, source.clock) };
    const clock = this.#paced(source.clock, head, parameters, rule.pace(parameters, source.clock.tail));
    const { before, after, mode, value } = parameters as { before: number; after: number; mode: string; value: number };
    if (head.rule === "pad" && mode === "zeros" && value === 0 && before >= 0 && after >= 0) {
      // Around every tape there are zeros.
      const { tape, ...around } = this.#reference(source);
      const reference = { tape, before: around.before + before, after: around.after + after };
      return { clock, node, process: null, of: null, made: source.made, reference };
    }
    const tape = this.#tape(node);
    const process: MoveProcess = {
      kind: "move",
      rule: head.rule as MoveRuleName,
      parameters,
      source: this.#reference(source),
      beside: gate ? [this.#reference(gate)] : [],
      gate: gate ? this.#reference(gate) : null,
      tape,
    };
    const limited = gate ? this.#limited(clock, gate, node) : clock;
    const made = this.#processes.push({ process, clock: limited }) - 1;
    return { clock: limited, node, process: null, of: null, made, reference: { tape, before: 0, after: 0 } };
  }

  /** A signal that is as long as another has as many samples at most, and no more of them are sure than of that one. */
  #limited(clock: Clock, gate: Signal, node: Aligned): Clock {
    return { ...this.#clocks.slowest([clock, gate.clock], nameOf(node, this.#order)), tail: gate.clock.tail };
  }

  #paced(clock: Clock, head: Head, parameters: unknown, pace: Pace): Clock {
    if ("shift" in pace) return this.#clocks.shifted(clock, pace.shift, pace.more);
    return this.#clocks.rated(clock, `${head.rule} ${JSON.stringify(parameters)}`, pace);
  }

  #kernel(node: Aligned, head: Head, source: Signal, gate: Signal | null): Signal {
    const rule = kernelRule(head.rule as KernelRuleName);
    const { parameters } = head;
    const clock = this.#paced(source.clock, head, parameters, rule.pace(parameters, source.clock.tail));
    const limited = gate ? this.#limited(clock, gate, node) : clock;
    const draft = this.#draft(limited, head.rule as KernelRuleName, parameters, rule.unit(parameters));
    const window = rule.window(parameters);
    const { process } = draft;
    process.source = this.#reference(source);
    if (gate) {
      process.gate = this.#reference(gate);
      process.beside.push(process.gate);
    }
    process.weights.push(...head.weights.map((weight) => this.#fixed.add(weight)));
    const convolution = head.rule === "conv1d" || head.rule === "convTranspose1d";
    this.#read(draft, source, window.step, window.offset, window.extra, convolution);
    const inputs: Reference[] = [["reading", 0]];
    const signal = this.#instruct(node, draft, { op: "rule", attributes: null, inputs, ...this.#form(node) });
    if (head.initial) {
      // A recurrence reads its own last result, so that always goes on a tape.
      const { tape } = this.#reference(signal);
      const shape = [this.#tapes[tape]!, 0];
      const own = {
        signal: { tape, before: 0, after: 0 },
        step: 1,
        offset: -1,
        extra: 0,
        shape,
        time: 1,
        whole: false,
      };
      process.state = { reading: process.readings.push(own) - 1, initial: this.#fixed.add(head.initial) };
    }
    return signal;
  }

  #draft(
    clock: Clock,
    rule: KernelRuleName | null,
    parameters: unknown,
    units: { readonly size: number; readonly first: number },
  ): KernelDraft {
    const process: Mutable<KernelProcess> = {
      ...{ kind: "kernel", rule, parameters, source: null, beside: [], gate: null, readings: [] },
      ...{ body: [], weights: [], outputs: [], state: null, atLeast: 1 },
    };
    const index = this.#processes.push({ process, clock }) - 1;
    return { index, clock, process, units };
  }

  /** Something made of each moment by itself: in the process that its last input comes from, if it comes as fast. */
  #moment(node: Aligned): Signal {
    const moving = node.inputs.flatMap((input) => this.#signalsIn(input));
    const clock = this.#clocks.slowest(
      moving.map((signal) => signal.clock),
      nameOf(node, this.#order),
    );
    const latest = moving.reduce((a, b) => (b.made > a.made ? b : a)).process;
    const mine = latest && sameTime(latest.clock, clock) && latest.process.state === null ? latest : null;
    const draft = mine ?? this.#draft(clock, null, null, { size: 1, first: 0 });
    return this.#follow(node, draft);
  }

  /** The signal that a node is, or those that a constant of the signal's length has to be made of. */
  #signalsIn(node: Aligned): readonly Signal[] {
    const signal = this.#signals.get(node);
    if (signal) return [signal];
    if (node.time < 0 || node.inputs.length === 0) return [];
    return headOf(node) ? [this.#constant(node)] : node.inputs.flatMap((input) => this.#signalsIn(input));
  }

  /** A constant of the signal's length as a signal. */
  #constant(node: Aligned): Signal {
    const head = node.inputs.length > 0 ? headAtAnyLength(node) : null;
    if (head instanceof Refusal) throw new Obstacle(`${nameOf(node, this.#order)} ${head.reason}`);
    if (!head) return this.#constantSignal(node);
    const signal = this.#headed(node, head);
    this.#signals.set(node, signal);
    return signal;
  }

  #follow(node: Aligned, draft: KernelDraft): Signal {
    const inputs = node.inputs.map((input) => this.#operand(draft, input));
    if (node.name === "sum") draft.process.atLeast = 2;
    return this.#instruct(node, draft, { op: node.name, attributes: attributesOf(node), inputs, ...this.#form(node) });
  }

  #instruct(node: Aligned, draft: KernelDraft, instruction: Instruction): Signal {
    const of: Reference = ["body", draft.process.body.push(instruction) - 1];
    return { clock: draft.clock, node, process: draft, of, made: draft.index, reference: null };
  }

  #form({ nodes: [first], time }: Aligned): Pick<Instruction, "shape" | "time" | "dtype"> {
    return { shape: first!.shape, time, dtype: first!.dtype };
  }

  /** An input of an instruction of `draft`. */
  #operand(draft: KernelDraft, input: Aligned): Reference {
    const signal = this.#signals.get(input);
    if (!signal) return input.time < 0 ? ["fixed", this.#fixed.add(input)] : this.#constantSequence(draft, input);
    if (signal.process === draft) return signal.of!;
    const { size, first } = draft.units;
    const reference = this.#reference(signal);
    if (!draft.process.beside.some((known) => sameReference(known, reference))) draft.process.beside.push(reference);
    return ["reading", this.#read(draft, signal, size, first, 0, false)];
  }

  /** The number of a reading of the draft. */
  #read(draft: KernelDraft, signal: Signal, step: number, offset: number, extra: number, whole: boolean): number {
    const { shape } = signal.node.nodes[0]!;
    const reading: Reading = {
      ...{ signal: this.#reference(signal), step, offset, extra },
      ...{ shape, time: signal.node.time, whole },
    };
    const { readings } = draft.process;
    const known = readings.findIndex(
      (other) =>
        sameReference(other.signal, reading.signal) &&
        other.step === step &&
        other.offset === offset &&
        other.extra === extra &&
        other.whole === whole &&
        other.time === reading.time &&
        `${other.shape.toSpliced(other.time, 1)}` === `${shape.toSpliced(reading.time, 1)}`,
    );
    return known >= 0 ? known : readings.push(reading) - 1;
  }

  /** The tape that a signal stands on; one is added if it is not on any yet. */
  #reference(signal: Signal): SignalReference {
    if (!signal.reference) {
      const tape = this.#tape(signal.node);
      signal.process!.process.outputs.push({ of: signal.of!, tape });
      signal.reference = { tape, before: 0, after: 0 };
    }
    return signal.reference;
  }

  #tape({ nodes: [first], time }: Aligned): number {
    if (first!.dtype !== "float32")
      throw new Obstacle(`streams carry float32, but ${first!.op?.name} gives ${first!.dtype}`);
    return this.#tapes.push(sizeOf(first!.shape.toSpliced(time, 1))) - 1;
  }

  /** A constant that repeats along time. */
  #constantSequence(draft: KernelDraft, node: Aligned): Reference {
    const form = this.#form(node);
    const instruct = (op: string, attributes: unknown, inputs: readonly Reference[]): Reference => [
      "body",
      draft.process.body.push({ op, attributes, inputs, ...form }) - 1,
    ];
    if (node.mismatch) throw new Obstacle(node.mismatch.reason);
    if (node.name === "") {
      const number = this.#fixed.addUniform(node);
      if (number !== null) return instruct("broadcast", undefined, [["fixed", number]]);
      throw new Obstacle(
        `a constant of the length of the signal, shape ${showShape(node.nodes[0]!.shape)} for one signal and ${showShape(node.nodes[1]!.shape)} for another, cannot be streamed unless all its numbers are equal, or count along it by a whole number, the same for all channels`,
      );
    }
    const inputs = node.inputs.map((input): Reference => this.#operand(draft, input));
    return instruct(node.name, attributesOf(node), inputs);
  }

  /** A constant that repeats along time as a signal, as long as another signal is. */
  #constantSignal(node: Aligned): Signal {
    const gate = this.#lengthGiver(node, node);
    const clock = this.#clocks.slowest(
      [gate, ...this.#signalsIn(node)].map((signal) => signal.clock),
      nameOf(node, this.#order),
    );
    const draft = this.#draft(clock, null, null, { size: 1, first: 0 });
    const reference = this.#reference(gate);
    draft.process.gate = reference;
    draft.process.beside.push(reference);
    const of = this.#constantSequence(draft, node);
    return { clock, node, process: draft, of, made: draft.index, reference: null };
  }

  /** The signal that has the length of `node` at every length of the input. */
  #lengthGiver(node: Aligned, except: Aligned): Signal {
    const found = signalAsLong(node, except, this.#signals);
    if (found) return found;
    throw new Obstacle(
      `the length of ${nameOf(node, this.#order)} (${node.lengths.join(", ")}) is that of no other signal in the network; the option lengthModulo says what the length of the input will be, modulo the hop`,
    );
  }
}

/**
 * Of samples that are cut off the end, how many must wait for others. What is sure to follow need not, once the signal has got over its start:
 * not while all there is of it is padding before.
 */
const holdOf = (cut: number, { tail, advance }: Clock): number => Math.max(0, cut - tail, Math.min(cut, advance));

const isInput = ({ depends, inputs }: Aligned): boolean => depends && inputs.length === 0;

/** Attributes that a block needs; what they say about the length of the signal does not count. */
const attributesOf = ({ attributes: [first] }: Aligned): unknown => first;
