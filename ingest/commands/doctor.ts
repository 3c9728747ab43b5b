// `assay doctor`: looks at a deployment, and says of everything that is not as it should be what to do about it.

import { defineCommand, EXIT, type DiagnosticCommand } from "../../schemas/command.ts";
import { examine, type CheckedFinding } from "../doctor/checks.ts";
import { reachStores } from "../doctor/reach.ts";

const CHECK_CHARS = 15;
const STATE_CHARS = 8;

export const doctorCommand = defineCommand<DiagnosticCommand>({
  kind: "diagnostic",
  name: "doctor",
  summary:
    "Check configuration, stores, bus, spool, disk, clock, prices, keys and providers, and say what to fix",
  usage: "",
  options: {},
  async run({ values }, io, stores, config) {
    const reached = await reachStores(config, stores);
    const now = (): number => io.now().getTime();
    const findings = await examine({ ...reached, config, now, isInService: stores !== undefined });
    await reached.close();
    const faults = findings.filter(({ state }) => state === "fault").length;
    const warnings = findings.filter(({ state }) => state === "warning").length;
    if (values["json"] === true) io.stdout.write(`${JSON.stringify({ faults, warnings, findings })}\n`);
    else io.stdout.write(`${findings.map(toLine).join("")}\n${faults} faults, ${warnings} warnings.\n`);
    return faults === 0 ? EXIT.done : EXIT.failed;
  },
});

function toLine({ state, check, sentence, remedy }: CheckedFinding): string {
  const line = `${state.padEnd(STATE_CHARS)} ${check.padEnd(CHECK_CHARS)} ${sentence}\n`;
  return remedy === undefined ? line : `${line}${" ".repeat(STATE_CHARS + CHECK_CHARS + 2)}→ ${remedy}\n`;
}
