import { type Bytes, flatten, list, text, unsigned } from "./bytes.ts";
import { type FunctionReference, type Local, type Statement, type ValueType, valueTypeCode } from "./types.ts";

type Locals<P extends readonly ValueType[]> = { [K in keyof P]: Local<P[K] & ValueType> };

/** What the body of a function is written with. */
export interface FunctionBuilder {
  /** A new variable, 0 at first. */
  local<T extends ValueType>(type: T): Local<T>;
  /** Several of them. */
  locals<T extends ValueType>(type: T, count: number): Local<T>[];
}

interface Signature<P extends readonly ValueType[], R extends ValueType | null> {
  readonly parameters: P;
  readonly result?: R;
}

interface FunctionBody {
  readonly type: number;
  readonly locals: readonly ValueType[];
  readonly code: Bytes;
}

/** A WebAssembly module with one imported memory (`env.memory`), written function by function. */
export class ModuleBuilder {
  readonly #types: string[] = [];
  readonly #typeBytes: Bytes[] = [];
  readonly #imports: { name: string; type: number }[] = [];
  readonly #functions: FunctionBody[] = [];
  readonly #names = new Map<number, string>();
  readonly #exports: { name: string; index: number }[] = [];

  /** Imports `env.NAME`. All imports come before the first function. */
  importFunction<const P extends readonly ValueType[], R extends ValueType | null = null>(
    name: string,
    { parameters, result }: Signature<P, R>,
  ): FunctionReference<R> {
    if (this.#functions.length > 0) throw new Error(`import ${name} before the first function`);
    this.#imports.push({ name, type: this.#type(parameters, result ?? null) });
    return { index: this.#imports.length - 1, parameters, result: (result ?? null) as R };
  }

  /** Adds a function. `body` gets its parameters and gives its code, whose last part leaves the result, if there is one. */
  function<const P extends readonly ValueType[], R extends ValueType | null = null>(
    { parameters, result }: Signature<P, R>,
    body: (builder: FunctionBuilder, ...parameters: Locals<P>) => Statement,
  ): FunctionReference<R> {
    const locals: ValueType[] = [];
    const builder: FunctionBuilder = {
      local: (type) => ({ index: parameters.length + locals.push(type) - 1, type }),
      locals: (type, count) => Array.from({ length: count }, () => builder.local(type)),
    };
    const variables = parameters.map((type, index) => ({ index, type })) as unknown as Locals<P>;
    const code = body(builder, ...variables);
    this.#functions.push({ type: this.#type(parameters, result ?? null), locals, code: flatten(code) });
    const index = this.#imports.length + this.#functions.length - 1;
    return { index, parameters, result: (result ?? null) as R };
  }

  export(name: string, { index }: FunctionReference): void {
    this.#exports.push({ name, index });
  }

  /** What profilers and stack traces call a function. */
  name({ index }: FunctionReference, name: string): void {
    this.#names.set(index, name);
  }

  /** The module in its binary form. */
  bytes(): Uint8Array<ArrayBuffer> {
    const memory: Bytes = [text("env"), text("memory"), 0x02, 0x00, 0x01];
    const imports = this.#imports.map(({ name, type }): Bytes => [text("env"), text(name), 0x00, unsigned(type)]);
    return Uint8Array.from(
      flatten([
        [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
        section(1, list(this.#typeBytes)),
        section(2, list([memory, ...imports])),
        section(3, list(this.#functions.map(({ type }) => unsigned(type)))),
        section(7, list(this.#exports.map(({ name, index }): Bytes => [text(name), 0x00, unsigned(index)]))),
        section(10, list(this.#functions.map(sized))),
        section(0, [text("name"), section(1, list(this.#namesInOrder()))]),
      ]),
    );
  }

  #namesInOrder(): Bytes[] {
    const entries = Array.from(this.#names).sort(([a], [b]) => a - b);
    return entries.map(([index, name]) => [unsigned(index), text(name)]);
  }

  /** Types are listed once each. */
  #type(parameters: readonly ValueType[], result: ValueType | null): number {
    const key = `${parameters}:${result}`;
    const known = this.#types.indexOf(key);
    if (known >= 0) return known;
    const codes = (types: readonly ValueType[]) => list(types.map((type) => valueTypeCode[type]));
    this.#typeBytes.push([0x60, codes(parameters), codes(result ? [result] : [])]);
    return this.#types.push(key) - 1;
  }
}

function section(id: number, content: Bytes): Bytes {
  const bytes = flatten(content);
  return [id, unsigned(bytes.length), bytes];
}

function sized({ locals, code }: FunctionBody): Bytes {
  const bytes = flatten([list(locals.map((type) => [1, valueTypeCode[type]])), code, 0x0b]);
  return [unsigned(bytes.length), bytes];
}
