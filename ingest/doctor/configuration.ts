// Settings that are valid one by one, and wrong together. A setting that is wrong by itself ends every command before.

import { isIP } from "node:net";
import { ok, warning, type Deployment, type Finding } from "./finding.ts";

export function checkConfiguration({ config }: Deployment): Finding[] {
  const findings: Finding[] = [];
  if (!isLoopback(config.host) && config.auth === "optional") {
    const sentence = `The gateway listens on ${config.host} and forwards calls without an Assay key.`;
    findings.push(warning(sentence, "Set ASSAY_AUTH=required, or ASSAY_HOST=127.0.0.1."));
  }
  if (!isLoopback(config.host) && config.publicUrl === undefined) {
    const sentence = `The dashboard listens on ${config.host}, and nothing says under which name it is reached.`;
    findings.push(warning(sentence, "Set ASSAY_PUBLIC_URL to its https:// address."));
  }
  for (const setting of missingSecrets(config)) {
    const sentence = `${setting} is not set, so each gateway's machine makes a key of its own.`;
    findings.push(warning(sentence, "Set it to the same 32 characters or more on all of them."));
  }
  if (findings.length > 0) return findings;
  const withKey = [...config.upstreams.values()].filter(({ key }) => key !== undefined);
  const keys =
    withKey.length === 0 ? "clients bring their provider keys" : `${withKey.length} provider keys are set`;
  return [ok(`The settings are valid; calls may go to ${config.upstreams.size} providers, and ${keys}.`)];
}

/** On one machine they are made once, in the data directory. */
function missingSecrets({ clickhouseUrl, sketchSecret, linkSecret }: Deployment["config"]): string[] {
  if (clickhouseUrl === undefined) return [];
  return [
    ...(sketchSecret === undefined ? ["ASSAY_SKETCH_SECRET"] : []),
    ...(linkSecret === undefined ? ["ASSAY_LINK_SECRET"] : []),
  ];
}

/** Whether only this machine can reach it. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
