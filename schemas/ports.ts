// The ports that the processes of a data directory listen on. A port of 0 in the settings means any that is free; which one it
// became stands in `ports.json`.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "./app-error.ts";
import { isSystemError, readIfPresent, replaceFile } from "./data-directory.ts";

const PORTS_FILE = "ports.json";

export type Ports = Partial<Record<"gateway" | "dashboard" | "metrics", number>>;

/** Those of a run that is over. */
export function forgetPorts(dataDir: string): void {
  rmSync(join(dataDir, PORTS_FILE), { force: true });
}

/** Adds to what other processes of this data directory have written. */
export function writePorts(dataDir: string, ports: Ports): void {
  const file = join(dataDir, PORTS_FILE);
  const written: unknown = JSON.parse(readIfPresent(file) ?? "{}");
  replaceFile(file, JSON.stringify(Object.assign({}, written, ports)));
}

/** The failure of a server to listen, as a sentence for the operator. Whoever has the port may be about to end. */
export function listenError(
  error: unknown,
  { host, port, setting }: { host: string; port: number; setting: string },
): AppError {
  const code = isSystemError(error) ? error.code : "unknown";
  const message = `Port ${port} on ${host} can't be used (${code}). End what uses it, or set ${setting}.`;
  return new AppError("conflict", message, { retry: true, cause: error });
}
