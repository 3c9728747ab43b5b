// How the commands here tell that they were called wrongly, and read the options that several of them have.

import { EXIT, type CommandIo, type ExitCode } from "../../schemas/command.ts";
import { durationSchema, toMilliseconds } from "../../schemas/duration.ts";

/** Says in one sentence what is wrong with the call. */
export function refuseUsage({ stderr }: CommandIo, sentence: string): ExitCode {
  stderr.write(`${sentence}\n`);
  return EXIT.usage;
}

/** Undefined where the option was not given, and null where it is no time. A day means its first moment in UTC. */
export function parseTime(option: string | boolean | undefined): Date | null | undefined {
  if (typeof option !== "string") return undefined;
  const time = new Date(option);
  return Number.isNaN(time.getTime()) ? null : time;
}

/** In milliseconds. Undefined where the option was not given, and null where it is no length of time. */
export function parseDuration(option: string | boolean | undefined): number | null | undefined {
  if (option === undefined) return undefined;
  const duration = durationSchema.safeParse(option);
  return duration.success ? toMilliseconds(duration.data) : null;
}
