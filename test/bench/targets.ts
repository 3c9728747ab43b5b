// What is compared: the upstream itself, the bare proxy, Assay, and peers where they are installed. All are started before the
// first round and stay up until the last, so that every round finds them in the same state.

import { join } from "node:path";
import { CORE, portOf, type Program, type Programs } from "./program.ts";

export interface Target {
  name: string;
  port: number;
  program: Program;
  /** What its callers must send besides a usual request. */
  headers: Readonly<Record<string, string>>;
  /** It could not keep the fixed rates, and would take minutes for a round: it gets fewer calls, at saturation only. */
  isSlow?: boolean;
}

export async function startUpstream(programs: Programs): Promise<Target> {
  const program = programs.start(join(import.meta.dirname, "upstream.ts"), { core: CORE.load });
  return { name: "direct", port: await portOf(program), program, headers: {} };
}

export async function startBare(programs: Programs, upstreamPort: number): Promise<Target> {
  const program = programs.start(join(import.meta.dirname, "bare.ts"), {
    core: CORE.proxy,
    args: [String(upstreamPort)],
    nodeArgs: ["--import", join(import.meta.dirname, "collect-on-signal.ts")],
  });
  return {
    name: "bare",
    port: await portOf(program),
    program,
    headers: { authorization: "Bearer sk-bench" },
  };
}
