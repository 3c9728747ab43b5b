// The yardstick: the least that a proxy in Node's own HTTP can be. It reads nothing, keeps nothing and records nothing.

import { Agent, createServer, request } from "node:http";
import { listenForParent } from "./program.ts";

const [upstreamPort] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });

await listenForParent(
  createServer((incoming, outgoing) => {
    const sent = request(
      {
        host: "127.0.0.1",
        port: upstreamPort,
        agent,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    sent.on("error", () => outgoing.destroy());
    incoming.pipe(sent);
  }),
);
