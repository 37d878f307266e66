import type { Server } from "node:http";

export function build(): Promise<void>;
export function serve(port?: number): Promise<{ server: Server; address: string }>;
