/**
 * `nn.init`: initialisers, after `torch.nn.init`. Each fills a parameter in place from the default generator and returns it. A table
 * of contents.
 *
 * Source: https://docs.pytorch.org/docs/stable/nn.init.html
 */
export { constant, normal, ones, truncNormal, uniform, zeros } from "./distributions.ts";
export {
  calculateGain,
  type KaimingOptions,
  kaimingNormal,
  kaimingUniform,
  type Nonlinearity,
  xavierNormal,
  xavierUniform,
} from "./fans.ts";
export { dirac, orthogonal } from "./structured.ts";
