// Other gateways, where they are installed: nginx as the floor, Portkey and LiteLLM as what people run. None of them keeps a
// record of a call here, so their figures are for less work.

import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MODEL_PREFIX, PROFILES } from "./profiles.ts";
import { CORE, whileAlive, type Programs } from "./program.ts";
import type { Target } from "./targets.ts";

const START_POLL_MS = 100;
/** It refuses to start without one, or with one that is easily guessed. */
const LITELLM_MASTER_KEY = `sk-${randomUUID()}`;
const AUTHORIZATION = { authorization: "Bearer sk-bench" };

export interface PeersOptions {
  workDir: string;
  upstreamPort: number;
  /** Portkey and LiteLLM too, which take minutes. */
  withSlowOnes: boolean;
}

export interface Peers {
  targets: Target[];
  /** A sentence for each that is not there. */
  absent: string[];
}

interface Place {
  port: number;
  upstreamPort: number;
  /** For its files. */
  dir: string;
}

interface Peer {
  name: string;
  isSlow: boolean;
  /** The command line that serves, or undefined where the peer is not installed. */
  command(place: Place): string[] | undefined;
  absence: string;
  env: Readonly<Record<string, string>>;
  headers(upstreamPort: number): Record<string, string>;
}

const PEERS: readonly Peer[] = [
  {
    name: "nginx",
    isSlow: false,
    command(place) {
      if (!isOnPath("nginx")) return undefined;
      writeFileSync(join(place.dir, "nginx.conf"), nginxConfiguration(place));
      return ["nginx", "-p", place.dir, "-c", join(place.dir, "nginx.conf"), "-e", "stderr"];
    },
    absence: "nginx is not on the PATH.",
    env: {},
    headers: () => AUTHORIZATION,
  },
  {
    name: "portkey",
    isSlow: true,
    command({ port }) {
      const file = resolve("node_modules/@portkey-ai/gateway/build/start-server.js");
      return existsSync(file) ? [process.execPath, file, "--headless", `--port=${port}`] : undefined;
    },
    absence: "portkey: @portkey-ai/gateway is not in the current folder's node_modules.",
    env: { NODE_ENV: "production" },
    headers: (upstreamPort) => ({
      ...AUTHORIZATION,
      "x-portkey-provider": "openai",
      "x-portkey-custom-host": `http://127.0.0.1:${upstreamPort}/v1`,
    }),
  },
  {
    name: "litellm",
    isSlow: true,
    command({ port, upstreamPort, dir }) {
      if (!isOnPath("litellm")) return undefined;
      const file = join(dir, "litellm.json");
      writeFileSync(file, JSON.stringify(liteLlmConfiguration(upstreamPort)));
      return [
        "litellm",
        "--config",
        file,
        "--host",
        "127.0.0.1",
        "--num_workers",
        "1",
        "--port",
        String(port),
      ];
    },
    absence: "litellm is not on the PATH.",
    env: {
      LITELLM_LOCAL_MODEL_COST_MAP: "True",
      LITELLM_LOG: "ERROR",
      LITELLM_MODE: "PRODUCTION",
      LITELLM_MASTER_KEY,
    },
    headers: () => ({ authorization: `Bearer ${LITELLM_MASTER_KEY}` }),
  },
];

export async function startPeers(programs: Programs, options: PeersOptions): Promise<Peers> {
  const { workDir, upstreamPort, withSlowOnes } = options;
  const peers: Peers = { targets: [], absent: [] };
  for (const peer of PEERS) {
    if (peer.isSlow && !withSlowOnes) continue;
    const place = { port: await freePort(), upstreamPort, dir: join(workDir, peer.name) };
    mkdirSync(place.dir);
    const command = peer.command(place);
    if (command) {
      const program = programs.startCommand(command, { core: CORE.proxy, env: peer.env });
      await whileAlive(program.child, (signal) => waitForPort(place.port, signal));
      const headers = peer.headers(upstreamPort);
      peers.targets.push({ name: peer.name, port: place.port, program, headers, isSlow: peer.isSlow });
    } else peers.absent.push(peer.absence);
  }
  return peers;
}

/** One process, which is then the one whose time is taken; no buffering, connections to the upstream kept. */
function nginxConfiguration({ port, upstreamPort, dir }: Place): string {
  return `daemon off; master_process off; pid ${dir}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/fastcgi; uwsgi_temp_path ${dir}/uwsgi; scgi_temp_path ${dir}/scgi;
  upstream provider { server 127.0.0.1:${upstreamPort}; keepalive 64; }
  server {
    listen 127.0.0.1:${port};
    client_max_body_size 64m; keepalive_requests 1000000;
    location / {
      proxy_pass http://provider;
      proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffering off; proxy_request_buffering off;
    }
  }
}
`;
}

function liteLlmConfiguration(upstreamPort: number): object {
  const models = PROFILES.map(({ name }) => MODEL_PREFIX + name).map((model) => ({
    model_name: model,
    litellm_params: {
      model: `openai/${model}`,
      api_base: `http://127.0.0.1:${upstreamPort}/v1`,
      api_key: "sk-bench",
    },
  }));
  return { model_list: models };
}

function isOnPath(program: string): boolean {
  return spawnSync("which", [program]).status === 0;
}

/** Another process may take it in between; the peer then fails to start, and says so. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const closed = once(server, "close");
  server.close();
  await closed;
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function waitForPort(port: number, signal: AbortSignal): Promise<void> {
  while (!(await accepts(port))) await sleep(START_POLL_MS, undefined, { signal });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => answer(true)).once("error", () => answer(false));
    socket.once("connect", () => socket.destroy());
  });
}
