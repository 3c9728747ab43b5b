// Whether each provider's address has a name that resolves and a port that answers. A TCP connection and nothing more: no
// request is sent, and no key leaves the machine.

import { once } from "node:events";
import { connect } from "node:net";
import { isSystemError } from "../../schemas/data-directory.ts";
import { parseUpstreams, type Upstream } from "../../schemas/upstreams.ts";
import { fault, ok, warning, type Deployment, type Finding } from "./finding.ts";

const CONNECT_MS_MAX = 3000;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

export async function checkProviders({ config }: Deployment): Promise<Finding[]> {
  return Promise.all([...config.upstreams.values()].map(checkProvider));
}

async function checkProvider(upstream: Upstream): Promise<Finding> {
  const { protocol, hostname, port } = new URL(upstream.url);
  const host = hostname.replaceAll(/[[\]]/g, "");
  return judgeProvider(upstream, await tryConnect(host, Number(port) || (DEFAULT_PORTS[protocol] ?? 0)));
}

/** @param reason why there is no connection; undefined where there is one */
export function judgeProvider(upstream: Upstream, reason: string | undefined): Finding {
  if (reason === undefined) return ok(`${upstream.name} is reached at ${upstream.url}.`);
  const sentence = `${upstream.name} is not reached at ${upstream.url} (${reason}).`;
  const setting = `ASSAY_UPSTREAM_${upstream.name.toUpperCase().replaceAll("-", "_")}_URL`;
  const remedy = `Check the network and its proxy, or set ${setting}.`;
  // The known providers are there unasked; nobody need use them.
  return isUnasked(upstream) ? warning(sentence, `If it is used: ${remedy}`) : fault(sentence, remedy);
}

function isUnasked({ name, url, key }: Upstream): boolean {
  return key === undefined && parseUpstreams({}, []).upstreams.get(name)?.url === url;
}

/** The system's word for why there is no connection; undefined where there is one. */
async function tryConnect(host: string, port: number): Promise<string | undefined> {
  const socket = connect({ host, port });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(CONNECT_MS_MAX) });
    return undefined;
  } catch (error) {
    return isSystemError(error) && error.code !== "ABORT_ERR"
      ? error.code
      : `no answer in ${CONNECT_MS_MAX} ms`;
  } finally {
    socket.destroy();
  }
}
