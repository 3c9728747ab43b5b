// Serves what processes say of themselves, on a port of its own that is never public:
//
//   /healthz   this process is alive
//   /readyz    200 or 503, and as JSON each process and each of its parts, with the reason where one is not ok
//   /metrics   Prometheus' text format, of this process and its children
//
// `/readyz` answers 503 when this process can't do its work: a part of its own has failed, or every child that does the work has.
// Where anything else is not well it answers 200, "degraded".

import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { listenError } from "./ports.ts";
import { statusOf, type ProcessStatus, type Report } from "./vitals.ts";

const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
const REQUEST_MS_MAX = 10_000;

export interface ChildReport extends Report {
  /** Whether this child, or another of its kind, must be well for the whole to be ready. */
  isVital: boolean;
}

export interface Vitality {
  own: Report;
  children: readonly ChildReport[];
}

export interface VitalsServer {
  port: number;
  close(): Promise<void>;
}

/**
 * Serves on host and port of the configuration; port 0 means any that is free.
 * @throws AppError `conflict` (retry) when the port can't be used
 */
export async function serveVitals(
  { host, metricsPort }: { host: string; metricsPort: number },
  read: () => Promise<Vitality>,
): Promise<VitalsServer> {
  const server = createServer({ requestTimeout: REQUEST_MS_MAX }, (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    answer(pathname, response, read).catch(() => response.destroy());
  });
  const listening = once(server, "listening");
  server.listen(metricsPort, host);
  try {
    await listening;
  } catch (error) {
    throw listenError(error, { host, port: metricsPort, setting: "ASSAY_METRICS_PORT" });
  }
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : metricsPort,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  pathname: string,
  response: ServerResponse,
  read: () => Promise<Vitality>,
): Promise<void> {
  switch (pathname) {
    case "/healthz":
      return sendJson(response, 200, { status: "alive" });
    case "/readyz": {
      const { own, children } = await read();
      const status = judge({ own, children });
      const processes = Object.fromEntries([own, ...children].map(toEntry));
      return sendJson(response, status === "not ready" ? 503 : 200, { status, processes });
    }
    case "/metrics": {
      const { own, children } = await read();
      response.writeHead(200, { "content-type": CONTENT_TYPE });
      response.end(mergeMetrics([own, ...children].map(({ metrics }) => metrics)));
      return;
    }
    default:
      return sendJson(response, 404, { status: "There is /healthz, /readyz and /metrics." });
  }
}

/** What all of them come to. */
function judge({ own, children }: Vitality): ProcessStatus {
  const vital = children.filter(({ isVital }) => isVital).map(statusOf);
  const hasStopped = vital.length > 0 && vital.every((status) => status === "not ready");
  if (hasStopped || statusOf(own) === "not ready") return "not ready";
  return [own, ...children].some((report) => statusOf(report) !== "ready") ? "degraded" : "ready";
}

function toEntry(report: Report): [string, object] {
  return [report.process, { status: statusOf(report), parts: report.parts }];
}

/** A family of metrics is described once, and all its samples follow. Each process's samples have its name as a label. */
function mergeMetrics(texts: readonly string[]): string {
  const families = new Map<string, { head: string; samples: string[] }>();
  for (const block of texts.flatMap((text) => text.trimEnd().split("\n\n"))) {
    const [help = "", type = "", ...samples] = block.split("\n");
    const family = families.get(type) ?? { head: `${help}\n${type}`, samples: [] };
    family.samples.push(...samples);
    families.set(type, family);
  }
  return [...families.values()].map(({ head, samples }) => `${[head, ...samples].join("\n")}\n`).join("\n");
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
