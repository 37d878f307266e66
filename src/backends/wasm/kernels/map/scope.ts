import {
  type FunctionBuilder,
  f32x4,
  f64x2,
  get,
  i32x4,
  type Local,
  type Statement,
  set,
  type V128,
} from "../../assembler/index.ts";
import type { Emission } from "../../emission.ts";

/**
 * Where the code of functions of vectors is written, inside a loop: values that are used more than once go into variables, in
 * statements that come before the expression that is left.
 */
export class Scope {
  readonly emission: Emission;
  /** What happens once, before the loop. */
  readonly before: Statement[] = [];
  #statements: Statement[] = [];
  readonly #builder: FunctionBuilder;
  readonly #kept = new Set<V128>();
  readonly #once = new Map<string, V128>();

  constructor(emission: Emission, builder: FunctionBuilder) {
    this.emission = emission;
    this.#builder = builder;
  }

  /** Writes a statement. */
  do(statement: Statement): void {
    this.#statements.push(statement);
  }

  /** The statements since the last call. */
  take(): Statement {
    const statements = this.#statements;
    this.#statements = [];
    return statements;
  }

  /** The value in a variable of its own, if it is not in one already: to be used as often as one likes. */
  keep(value: V128): V128 {
    return this.#kept.has(value) ? value : this.#known(this.assign(value));
  }

  /** A variable that holds the value, and that later statements may change. */
  assign(value: V128): Local<"v128"> {
    const variable = this.#builder.local("v128");
    this.do(set(variable, value));
    return variable;
  }

  /**
   * A value that is the same at every turn of the loop, computed before it. Constants are such values, too: V8's newer compiler
   * (Node 24) builds every constant again, of up to four instructions, wherever it is written, which doubles the time of `exp`.
   */
  once(value: V128): V128 {
    const key = JSON.stringify(value);
    const known = this.#once.get(key);
    if (known) return known;
    const variable = this.#builder.local("v128");
    this.before.push(set(variable, value));
    const made = this.#known(variable);
    this.#once.set(key, made);
    return made;
  }

  /** A constant in all four lanes. */
  float(value: number): V128 {
    return this.once(f32x4.const(value));
  }

  double(value: number): V128 {
    return this.once(f64x2.const(value));
  }

  int(value: number): V128 {
    return this.once(i32x4.const(value));
  }

  #known(variable: Local<"v128">): V128 {
    const value = get(variable);
    this.#kept.add(value);
    return value;
  }
}

/** Code of a function of vectors, lane by lane. */
export type VectorFunction = (scope: Scope, ...operands: V128[]) => V128;
