import { type Backend, getBackend, setBackend } from "atrous";

/** What a backend was asked for. */
export interface Count {
  runs: number;
  /** Names of the operations computed, in order. */
  computed: string[];
  /** Makes the next runs throw. */
  failing: boolean;
}

/** Runs `body` on a backend that counts, or on one that also computes asynchronously. */
export async function counting(
  body: (count: Count) => void | Promise<void>,
  options: { asynchronous?: boolean } = {},
): Promise<void> {
  const before = getBackend();
  const count: Count = { runs: 0, computed: [], failing: false };
  const backend: Backend = {
    name: "counting",
    synchronous: !options.asynchronous,
    run(order, outputs) {
      count.runs++;
      if (count.failing) throw new Error("the device was lost");
      for (const node of order) if (node.value === null) count.computed.push(node.op!.name);
      const values = before.run(order, outputs);
      return options.asynchronous ? Promise.resolve(values) : values;
    },
  };
  await setBackend(backend);
  try {
    await body(count);
  } finally {
    await setBackend(before);
  }
}
