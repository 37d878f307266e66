import { GraphError, nn, Parameter, tensor, zeros } from "atrous";
import { describe, expect, test } from "vitest";
import { counting } from "./counting.ts";

describe("nothing is computed before it is asked for", () => {
  test("building, forward, backward and detach compute nothing; data() does, once", () =>
    counting(async (count) => {
      const net = new nn.Conv1d(1, 2, 3);
      const loss = net
        .forward(zeros([1, 1, 8]))
        .tanh()
        .sum();
      loss.backward();
      net.weight.grad!.detach().mul(2);
      expect(count.runs).toBe(0);
      await loss.data();
      expect(count.runs).toBe(1);
      await loss.data();
      loss.dataSync();
      loss.item();
      loss.toArray();
      expect(count.runs).toBe(1);
    }));

  test("only what the result needs is computed, and shared parts once", () =>
    counting((count) => {
      const x = tensor([1, 2]);
      const shared = x.exp();
      const unused = shared.sin();
      expect(shared.add(shared).sum().item()).toBeCloseTo(2 * (Math.E + Math.E ** 2), 5);
      expect(count.computed).toEqual(["exp", "add", "sum", "reshape"]);
      expect(unused.value).toBeNull();
    }));

  test("a leaf has its numbers already", () =>
    counting((count) => {
      expect(tensor([1, 2]).toArray()).toEqual([1, 2]);
      expect(new Parameter(tensor([3])).item()).toBe(3);
      expect(count.runs).toBe(0);
    }));

  test("a result that was asked for is not computed again as part of another", () =>
    counting((count) => {
      const y = tensor([1, 2]).exp();
      y.dataSync();
      y.mul(3).dataSync();
      expect(count.computed).toEqual(["exp", "mul"]);
    }));
});

test("data(), dataSync() and toArray() are copies", async () => {
  const source = new Float32Array([1, 2]);
  const x = tensor(source);
  source[0] = 9;
  const y = x.mul(1);
  for (const data of [x.dataSync(), await x.data(), y.dataSync(), await y.data(), y.detach().dataSync()])
    (data as Float32Array).fill(7);
  (y.toArray() as number[])[0] = 7;
  expect([x.toArray(), y.toArray(), y.mul(1).toArray()]).toEqual([
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
});

test("a view of another shape is a copy too", () => {
  const x = tensor([1, 2]);
  const y = x.reshape([2, 1]);
  (y.dataSync() as Float32Array).fill(7);
  expect(x.toArray()).toEqual([1, 2]);
});

test("a graph of 20,000 operations is evaluated, differentiated and printed without a stack overflow", () => {
  const x = tensor([1], { requiresGrad: true, dtype: "float64" });
  let y = x.mul(1);
  for (let i = 0; i < 20_000; i++) y = y.add(x);
  const loss = y.sum();
  expect(loss.toString()).toBe("Tensor(shape [], float64, requiresGrad)");
  loss.backward();
  expect([loss.item(), x.grad!.item()]).toEqual([20_001, 20_001]);
});

describe("a backend that fails", () => {
  test("does not poison what comes later", () =>
    counting((count) => {
      const w = new Parameter(tensor([3]));
      const loss = w.mul(w).sum();
      loss.backward();
      count.failing = true;
      expect(() => loss.item()).toThrow("the device was lost");
      expect(() => w.grad!.dataSync()).toThrow("the device was lost");
      count.failing = false;
      count.computed = [];
      expect(tensor([2]).exp().size).toBe(1);
      expect(tensor([2]).mul(2).item()).toBe(4);
      expect(count.computed).toEqual(["mul"]); // what failed is not dragged along
      expect([loss.item(), w.grad!.item()]).toEqual([9, 6]);
    }));

  test("does not poison what comes later when it is asynchronous", () =>
    counting(
      async (count) => {
        const w = new Parameter(tensor([3]));
        const loss = w.mul(w).sum();
        loss.backward();
        count.failing = true;
        await expect(loss.data()).rejects.toThrow("the device was lost");
        count.failing = false;
        expect([...(await loss.data()), ...(await w.grad!.data())]).toEqual([9, 6]);
      },
      { asynchronous: true },
    ));
});

test("a backend that computes asynchronously serves data() and refuses dataSync()", () =>
  counting(
    async () => {
      const y = tensor([1, 2]).mul(2);
      expect(() => y.dataSync()).toThrow(
        new GraphError('backend counting computes asynchronously; use "await x.data()" instead'),
      );
      expect([...(await y.data())]).toEqual([2, 4]);
      expect(y.toArray()).toEqual([2, 4]);
    },
    { asynchronous: true },
  ));
