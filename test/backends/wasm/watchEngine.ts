/** What the engine is asked to do while it is watched. */
export interface Watched {
  readonly memories: WebAssembly.Memory[];
  modules: number;
  /** Calls of the exports of programs. */
  prepare: number;
  run: number;
  packs: number;
  /** Steps that the reference kernels did. */
  byReference: number;
  /** Bytes of all memories. */
  bytes(): number;
  stop(): void;
}

/** Counts what backends made from now on do with WebAssembly, until `stop`. */
export function watchEngine(): Watched {
  const { Memory, Module, Instance } = WebAssembly;
  const watched: Watched = {
    memories: [],
    modules: 0,
    prepare: 0,
    run: 0,
    packs: 0,
    byReference: 0,
    bytes: () => watched.memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
    stop: () => Object.assign(WebAssembly, { Memory, Module, Instance }),
  };
  class WatchedMemory extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor);
      watched.memories.push(this);
    }
  }
  class WatchedModule extends Module {
    constructor(bytes: BufferSource) {
      super(bytes);
      watched.modules++;
    }
  }
  class WatchedInstance extends Instance {
    constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
      super(module, imports && countSteps(watched, imports));
      Object.defineProperty(this, "exports", { value: countCalls(watched, this.exports) });
    }
  }
  Object.assign(WebAssembly, { Memory: WatchedMemory, Module: WatchedModule, Instance: WatchedInstance });
  return watched;
}

type Callable = (...given: number[]) => unknown;

function countSteps(watched: Watched, { env }: WebAssembly.Imports): WebAssembly.Imports {
  const { memory, step } = env as { memory: WebAssembly.Memory; step: Callable };
  const counted = (number: number): void => {
    watched.byReference++;
    step(number);
  };
  return { env: { memory, step: counted } };
}

function countCalls(watched: Watched, exports: WebAssembly.Exports): Record<string, Callable> {
  const counted = Object.entries(exports as Record<string, Callable>).map(([name, run]): [string, Callable] => [
    name,
    (...given) => {
      if (name === "prepare") watched.prepare++;
      else if (name === "run") watched.run++;
      else watched.packs++;
      return run(...given);
    },
  ]);
  return Object.fromEntries(counted);
}
