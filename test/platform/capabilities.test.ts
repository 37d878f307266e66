import { capabilities, getBackend, reference, setBackend, wasm } from "atrous";
import { afterEach, describe, expect, test, vi } from "vitest";
import { preferredBackend } from "../../src/backends/capabilities.ts";

afterEach(async () => {
  vi.unstubAllGlobals();
  await setBackend(wasm());
});

describe("capabilities", () => {
  test("wasm is the default, and says why", () => {
    expect(capabilities()).toEqual({ backend: "wasm", wasm: true, reason: "WebAssembly with SIMD is available" });
  });

  test("a backend that was set by hand is named, with what would have been possible", async () => {
    await setBackend(reference());
    expect(getBackend().name).toBe("reference");
    expect(capabilities()).toEqual({
      backend: "reference",
      wasm: true,
      reason: "reference was set; WebAssembly with SIMD is available",
    });
  });
});

describe("where WebAssembly cannot run, reference is preferred", () => {
  test("no WebAssembly at all", () => {
    vi.stubGlobal("WebAssembly", undefined);
    expect(preferredBackend().name).toBe("reference");
    expect(capabilities().reason).toContain("this engine has no WebAssembly");
    expect(() => wasm()).toThrow("wasm: this engine has no WebAssembly");
  });

  test("a Content-Security-Policy that refuses compilation", () => {
    const Module = class {
      constructor() {
        throw new WebAssembly.CompileError("refused by Content Security Policy");
      }
    };
    vi.stubGlobal("WebAssembly", { validate: () => true, Module, CompileError: WebAssembly.CompileError });
    expect(preferredBackend().name).toBe("reference");
    expect(capabilities()).toMatchObject({ wasm: false });
    expect(() => wasm()).toThrow("WebAssembly is not allowed here: refused by Content Security Policy");
  });

  test("WebAssembly without SIMD", () => {
    vi.stubGlobal("WebAssembly", { validate: () => false });
    expect(preferredBackend().name).toBe("reference");
    expect(() => wasm()).toThrow("WebAssembly has no SIMD in this engine");
  });
});

test("options that do not exist yet are refused", () => {
  expect(() => wasm({ threads: 2 as 1 })).toThrow("wasm: threads must be 1, got 2");
  expect(() => wasm({ precision: "fast" as "exact" })).toThrow("wasm");
  expect(() => wasm({ thread: 1 } as never)).toThrow("thread");
});
