import { describe, expect, test } from "vitest";
import { clock, startProgress } from "../../src/cli/progress.ts";

class Output {
  text = "";
  isTTY: boolean | undefined;
  columns: number | undefined;
  write(text: string): void {
    this.text += text;
  }
}

const terminal = (columns: number): Output => Object.assign(new Output(), { isTTY: true, columns });

test("clock", () => {
  expect([0, 1400, 59_600, 3_601_000].map(clock)).toEqual(["0:00", "0:01", "1:00", "60:01"]);
});

describe("without a terminal", () => {
  test("a line at every tenth, the last with the time it took", () => {
    const stream = new Output();
    let time = 0;
    const progress = startProgress("training", 40, { stream, now: () => time });
    for (let step = 1; step <= 40; step++) {
      time += 1000;
      progress.update(step, `loss ${41 - step}`);
    }
    progress.finish();
    const lines = stream.text.split("\n");
    expect(lines).toHaveLength(11);
    expect(lines[0]).toBe("training  10 %  loss 37  0:36 left");
    expect(lines[9]).toBe("training 100 %  loss 1  0:40");
    expect(stream.text).not.toContain("\r");
  });

  test("leaps write one line, the end is always written", () => {
    const stream = new Output();
    const progress = startProgress("x", 10, { stream, now: () => 0 });
    progress.update(6);
    progress.finish("done");
    expect(stream.text).toBe("x  60 %  0:00 left\nx 100 %  done  0:00\n");
  });
});

describe("on a terminal", () => {
  test("one line is rewritten, at most ten times a second, and ended once", () => {
    const stream = terminal(80);
    let time = 0;
    const progress = startProgress("training", 1000, { stream, now: () => time });
    for (let step = 1; step <= 1000; step++) {
      time += 10;
      progress.update(step, "loss 0.5");
    }
    progress.finish("saved");
    expect(stream.text.split("\r").length).toBeLessThan(105);
    expect(stream.text.indexOf("\n")).toBe(stream.text.length - 1);
    expect(stream.text).toContain(`\rtraining ${"█".repeat(12)}${"░".repeat(12)}  50 %  loss 0.5  0:05 left`);
    expect(stream.text.trimEnd().endsWith("100 %  saved  0:10")).toBe(true);
  });

  test("a shorter text leaves nothing of a longer one", () => {
    const stream = terminal(80);
    const progress = startProgress("x", 2, { stream, now: () => 0 });
    progress.update(1, "a long text");
    progress.finish("");
    const [, first, second] = stream.text.split(/[\r\n]/);
    expect(second!.length).toBe(first!.length);
  });

  test.each([1, 5, 12, 20, 33, 40, 60])("%i columns are never passed", (columns) => {
    const stream = terminal(columns);
    const progress = startProgress("training", 10, { stream, now: () => 0 });
    for (let step = 0; step <= 10; step++) progress.update(step, "loss 0.0123");
    progress.finish();
    for (const line of stream.text.split(/[\r\n]/)) expect(line.length).toBeLessThan(Math.max(2, columns));
  });

  test("a narrow terminal gives up the bar before the words", () => {
    const stream = terminal(34);
    startProgress("training", 2, { stream, now: () => 0 }).update(1, "loss 0.5");
    expect(stream.text).toBe("\rtraining  50 %  loss 0.5  0:00 l…".slice(0, 35));
  });
});
