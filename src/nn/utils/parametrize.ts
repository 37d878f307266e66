/** `nn.utils.parametrize`, where PyTorch has it. */
export { removeParametrizations } from "./parametrizations.ts";
