// Requests that are put together so that somebody reads them differently: paths, targets, and where a request ends.

import { CHAT, passes, post, postAndStay, refused, type Attack } from "./attack.ts";
import { OWN_KEY } from "./bench.ts";

const OWN = `Authorization: Bearer ${OWN_KEY}`;
const OWNS = "the caller's own";
const SPENDS = "the organisation's";
/** The stand-in for a provider knows no such path, and the gateway hands that on. */
const UNKNOWN_TO_PROVIDER = { ...passes("Ada, by key", SPENDS), statuses: [404] };

const PATHS: Attack[] = [
  {
    tried: "Ada's key in the path with its underscore written as %5F",
    bytes: ({ ada }) => post(`/k/${ada.secret.replace("_", "%5F")}${CHAT}`),
    ...refused(401),
  },
  {
    tried: "Ada's key in the query, each letter of assay percent-encoded, which is no attack",
    bytes: ({ ada }) => post(`${CHAT}?key=${ada.secret.replace("assay", "%61%73%73%61%79")}`),
    ...passes("Ada, by key", SPENDS),
  },
  { tried: "/k/ without a key", bytes: () => post(`/k/${CHAT}`, [OWN]), ...refused(404) },
  {
    tried: "/K/ in capitals",
    bytes: ({ ada }) => post(`/K/${ada.secret}${CHAT}`, [OWN]),
    ...refused(400),
  },
  {
    tried: "Two slashes before /k/",
    bytes: ({ ada }) => post(`//k/${ada.secret}${CHAT}`, [OWN]),
    ...refused(400),
  },
  {
    tried: "Ada's key in the path, and Ben's behind it",
    bytes: ({ ada, ben }) => post(`/k/${ada.secret}/k/${ben.secret}${CHAT}`),
    ...refused(400),
  },
  {
    tried: "Ada's key, a step back, and Ben's",
    bytes: ({ ada, ben }) => post(`/k/${ada.secret}/../k/${ben.secret}${CHAT}`),
    ...refused(400),
  },
  {
    tried: "Ada's key behind the provider's name, where the provider would see it",
    bytes: ({ ada }) => post(`/openai/k/${ada.secret}${CHAT}`, [OWN]),
    ...refused(400),
  },
  {
    tried: "The same, percent-encoded",
    bytes: ({ ada }) => post(`/openai/k/${ada.secret.replace("assay_", "%61ssay%5f")}${CHAT}`, [OWN]),
    ...refused(400),
  },
  {
    tried: "Ada's key in another parameter than key",
    bytes: ({ ada }) => post(`${CHAT}?api_key=${ada.secret}`, [OWN]),
    ...refused(400),
  },
  {
    tried: "Steps up out of the provider's own path: its host stays the configured one",
    bytes: ({ ada }) => post("/openai/../../admin", [`X-Api-Key: ${ada.secret}`]),
    ...UNKNOWN_TO_PROVIDER,
    forwarded: "/../../admin",
  },
  {
    tried: "Another host behind the provider's name",
    bytes: ({ ada }) => post("/openai/@evil.example/v1", [`X-Api-Key: ${ada.secret}`]),
    ...UNKNOWN_TO_PROVIDER,
    forwarded: "/@evil.example/v1",
  },
  {
    tried: "A path that reads as another host",
    bytes: ({ ada }) => post(`//evil.example${CHAT}`, [`X-Api-Key: ${ada.secret}`]),
    ...refused(404),
  },
];

const TARGETS: Attack[] = [
  {
    tried: "Another host in an absolute request target",
    bytes: ({ ada }) => post(`http://evil.example${CHAT}`, [`X-Api-Key: ${ada.secret}`]),
    ...refused(404),
  },
  {
    tried: "Another host in Host and X-Forwarded-Host",
    bytes: ({ ada }) =>
      post(CHAT, [`X-Api-Key: ${ada.secret}`, "X-Forwarded-Host: evil.example"]).replace(
        "Host: gateway",
        "Host: evil.example",
      ),
    ...passes("Ada, by key", SPENDS),
  },
  {
    tried: "CONNECT to another host",
    bytes: ({ ada }) =>
      `CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\nX-Api-Key: ${ada.secret}\r\n\r\n`,
    statuses: [],
    owners: [],
    spent: [],
  },
  {
    tried: "A WebSocket with Ada's key in its header and Ben's among the subprotocols",
    bytes: ({ ada, ben }) => upgrade(ben.secret, [`X-Assay-Key: ${ada.secret}`]),
    ...UNKNOWN_TO_PROVIDER,
  },
  {
    tried: "A WebSocket with a provider's own key among the subprotocols",
    bytes: () => upgrade(OWN_KEY, []),
    ...passes("nobody", OWNS),
    statuses: [404],
  },
  {
    tried: "A WebSocket with a revoked key among the subprotocols",
    bytes: ({ revoked }) => upgrade(revoked.secret, []),
    ...refused(401),
  },
];

function upgrade(protocolKey: string, lines: readonly string[]): string {
  return [
    "GET /v1/unknown HTTP/1.1",
    "Host: gateway",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    `Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.${protocolKey}`,
    ...lines,
    "",
    "",
  ].join("\r\n");
}

const ENDS: Attack[] = [
  {
    tried: "A second request on Ada's connection, without a key",
    bytes: ({ ada }) => postAndStay(CHAT, [`X-Api-Key: ${ada.secret}`]) + post(CHAT),
    statuses: [200, 200],
    owners: ["Ada, by key", "nobody"],
    spent: [SPENDS, "none"],
  },
  {
    tried: "A second request on Ada's connection, with Ben's key",
    bytes: ({ ada, ben }) =>
      postAndStay(CHAT, [`X-Api-Key: ${ada.secret}`]) + post(CHAT, [`X-Api-Key: ${ben.secret}`]),
    statuses: [200, 200],
    owners: ["Ada, by key", "Ben, by key"],
    spent: [SPENDS, SPENDS],
  },
  {
    tried: "Content-Length and Transfer-Encoding together, with a request of Ben's in what is left",
    bytes: ({ ada, ben }) =>
      post(CHAT, [`X-Api-Key: ${ada.secret}`, "Transfer-Encoding: chunked"], "0\r\n\r\n") +
      post(CHAT, [`X-Api-Key: ${ben.secret}`]),
    ...refused(400),
  },
  {
    tried: "Two lengths",
    bytes: ({ ada }) => post(CHAT, [`X-Api-Key: ${ada.secret}`, "Content-Length: 0"]),
    ...refused(400),
  },
  {
    tried: "A transfer encoding that only looks like chunked",
    bytes: ({ ada }) =>
      post(CHAT, [`X-Api-Key: ${ada.secret}`, "Transfer-Encoding: xchunked"]).replace(
        /Content-Length: \d+\r\n/,
        "",
      ),
    ...refused(400),
  },
  {
    tried: "Ben's key behind a bare carriage return in a header's value",
    bytes: ({ ben }) => post(CHAT, [OWN, `X-Debug: x\rX-Assay-Key: ${ben.secret}`]),
    ...refused(400),
  },
];

export const REQUEST_ATTACKS: readonly Attack[] = [...PATHS, ...TARGETS, ...ENDS];
