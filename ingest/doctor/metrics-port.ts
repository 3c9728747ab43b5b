// The metrics port: it tells of every process, and never to the public.

import { isLoopback } from "./configuration.ts";
import { ok, warning, type Deployment, type Finding } from "./finding.ts";

export function checkMetricsPort({ config: { host, metricsPort } }: Deployment): Finding[] {
  const port = metricsPort === 0 ? "a free port (see ports.json)" : `port ${metricsPort}`;
  if (isLoopback(host)) return [ok(`/metrics and /readyz are on ${port}, for this machine alone.`)];
  const sentence = `/metrics and /readyz are on ${port} of ${host}, for whoever reaches it.`;
  const remedy = "Keep it in a network of its own: publish neither it nor what forwards to it.";
  return [warning(sentence, remedy)];
}
