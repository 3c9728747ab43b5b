// Who makes the calls of a conversation: a person with one of their clients, or a service with its key.

import type { Caller } from "./call.ts";
import { CLIENTS, type ClientName, type ClientProfile } from "./clients.ts";
import type { SimulatedPerson, SimulatedService } from "./organisation.ts";
import type { Random } from "./random.ts";

/** How far the history is by then, from 0 to 1: clients get newer as time goes by. */
export type Progress = number;

export interface CallerOptions {
  random: Random;
  client: ClientName;
  progress: Progress;
  atMs: number;
}

/** A new session of a person. Somebody sits before a coding agent; a script uses a library. */
export function createPersonCaller(person: SimulatedPerson, options: CallerOptions): Caller {
  const { workloadClass } = person.habit;
  return {
    ...open(options),
    key_id: null,
    key_kind: "person",
    identity_source: "import",
    workload_class: workloadClass,
    class_source: workloadClass === null ? "none" : "header",
  };
}

/** A new run of a service, whose key declares its class. */
export function createServiceCaller(service: SimulatedService, options: CallerOptions): Caller {
  const caller = open(options);
  return {
    ...caller,
    entrypoint: caller.entrypoint === "interactive" ? "headless" : caller.entrypoint,
    key_id: service.keyId,
    key_kind: "service",
    identity_source: "import",
    workload_class: service.rates.workloadClass,
    class_source: "key",
  };
}

function open({
  random,
  client,
  progress,
  atMs,
}: CallerOptions): Pick<Caller, "profile" | "version" | "sessionId" | "runId" | "entrypoint"> {
  const profile: ClientProfile = CLIENTS[client];
  const at = Math.min(profile.versions.length - 1, Math.floor(progress * profile.versions.length));
  return {
    profile,
    version: profile.versions[at] ?? "",
    entrypoint: profile.toolsOffered > 0 ? "interactive" : "sdk",
    sessionId: profile.identity === "session" ? random.uuid(atMs) : null,
    runId: profile.identity === "run" ? random.uuid(atMs).replaceAll("-", "") : null,
  };
}
