import type { DType } from "../../core/dtype.ts";
import type { FunctionReference, I32, ModuleBuilder, Statement, ValueType } from "./assembler/index.ts";

/** What kernels are emitted into: the module of one plan, and the memory that its steps may ask for. */
export interface Emission {
  readonly module: ModuleBuilder;
  /** The function made by `make` when `key` is asked for the first time: steps of one shape of loop share it. */
  shared<R extends ValueType | null>(key: string, make: () => FunctionReference<R>): FunctionReference<R>;
  /**
   * The address of `bytes` that are the step's own while it runs, 64-byte aligned, with arbitrary contents. As with `constant`, the code
   * belongs into the step's statement: to a shared function the address goes as an operand.
   */
  scratch(bytes: number): I32;
  /** The address of constants that live as long as the module. */
  constant(data: Int32Array | Float32Array): I32;
}

/** Where a step's arrays are: code that leaves their addresses, valid anywhere in the step's statement. */
export interface Operands {
  readonly inputs: readonly I32[];
  readonly out: I32;
  readonly inputTypes: readonly DType[];
  readonly outType: DType;
}

/**
 * The code of one step, or `null` where there is no kernel for it; the reference kernel then does it. Arrays are 64-byte aligned, and
 * at least 16 bytes after their end may be read, never written.
 */
export type EmitKernel<A> = (emission: Emission, attributes: A, operands: Operands) => Statement | null;
