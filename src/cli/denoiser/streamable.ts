import type { MaskNetwork } from "./maskNetwork.ts";

export const streamable = (net: MaskNetwork): MaskNetwork => net;
