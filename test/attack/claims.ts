// Claims: everything else in which a client says who it is, or which call this is. None of it makes a call somebody else's.

import { CHAT, passes, post, type Attack } from "./attack.ts";
import { ADA_EMAIL, BEN_EMAIL, OWN_KEY } from "./bench.ts";

const OWN = `Authorization: Bearer ${OWN_KEY}`;
const OWNS = "the caller's own";
const SPENDS = "the organisation's";

const IN_HEADERS: Attack[] = [
  {
    tried: "Ben's id and address in headers that sound like ours",
    bytes: ({ ada, ben }) =>
      post(CHAT, [
        `X-Api-Key: ${ada.secret}`,
        `X-Assay-Person: ${ben.key.person_id}`,
        `X-Assay-Person-Id: ${ben.key.person_id}`,
        `X-Assay-Email: ${BEN_EMAIL}`,
        `X-Assay-User: ${BEN_EMAIL}`,
      ]),
    ...passes("Ada, by key", SPENDS),
    withheld: BEN_EMAIL,
  },
  {
    tried: "Another team and another key's id in headers that sound like ours",
    bytes: ({ ada, ben }) =>
      post(CHAT, [`X-Api-Key: ${ada.secret}`, "X-Assay-Team: Search", `X-Assay-Key-Id: ${ben.key.key_id}`]),
    ...passes("Ada, by key", SPENDS),
    event: ({ ada }) => ({ team_id: null, key_id: ada.key.key_id }),
  },
  {
    tried: "An event id, a number and a gateway of the client's choice",
    bytes: ({ ada }) =>
      post(CHAT, [
        `X-Api-Key: ${ada.secret}`,
        "X-Assay-Event-Id: 0193a000-0000-7000-8000-000000000001",
        "X-Assay-Sequence: 1",
        "X-Assay-Gateway-Id: another",
      ]),
    ...passes("Ada, by key", SPENDS),
    withheld: "0193a000-0000-7000-8000-000000000001",
  },
  {
    tried: "A person in the headers of other gateways",
    bytes: () =>
      post(CHAT, [
        OWN,
        `X-LiteLLM-End-User-Id: ${BEN_EMAIL}`,
        `X-LiteLLM-Customer-Id: ${BEN_EMAIL}`,
        `Helicone-User-Id: ${BEN_EMAIL}`,
        `X-Portkey-Metadata: {"_user":"${BEN_EMAIL}"}`,
        `X-OpenWebUI-User-Email: ${BEN_EMAIL}`,
        "X-BF-VK: sk-bf-ben",
      ]),
    ...passes("nobody", OWNS),
    forwarded: BEN_EMAIL,
  },
  {
    tried: "A person in the headers of single sign-on",
    bytes: () =>
      post(CHAT, [
        OWN,
        `X-Auth-Request-Email: ${BEN_EMAIL}`,
        `X-Goog-Authenticated-User-Email: accounts.google.com:${BEN_EMAIL}`,
        `Cf-Access-Authenticated-User-Email: ${BEN_EMAIL}`,
        `Remote-User: ${BEN_EMAIL}`,
        `From: ${BEN_EMAIL}`,
      ]),
    ...passes("nobody", OWNS),
  },
  {
    tried: "Ben's session, run and agent under Ada's key: they are words within what is Ada's",
    bytes: ({ ada }) =>
      post(CHAT, [
        `X-Api-Key: ${ada.secret}`,
        "X-Assay-Session-Id: session-of-ben",
        "X-Assay-Run-Id: run-of-ben",
        "X-Assay-Agent: agent-of-ben",
      ]),
    ...passes("Ada, by key", SPENDS),
    event: () => ({ session_id: "session-of-ben", client_run_id: "run-of-ben", agent_id: "agent-of-ben" }),
    withheld: "session-of-ben",
  },
  {
    tried: "A class that is none",
    bytes: ({ ada }) => post(CHAT, [`X-Api-Key: ${ada.secret}`, "X-Assay-Class: unlimited"]),
    ...passes("Ada, by key", SPENDS),
    event: () => ({ workload_class: null, class_source: "none" }),
  },
  {
    tried: "Tags that say who is calling",
    bytes: ({ ada, ben }) =>
      post(CHAT, [
        `X-Api-Key: ${ada.secret}`,
        `X-Assay-Tags: person_id=${ben.key.person_id},key_kind=service,team=Search`,
      ]),
    ...passes("Ada, by key", SPENDS),
    event: ({ ben }) => ({
      key_kind: "person",
      team_id: null,
      tags: { person_id: String(ben.key.person_id), key_kind: "service", team: "Search" },
    }),
  },
];

const IN_BODIES: Attack[] = [
  {
    tried: "A person in every field that providers have for one",
    bytes: () =>
      post(
        CHAT,
        [OWN],
        JSON.stringify({
          model: "m",
          user: BEN_EMAIL,
          safety_identifier: BEN_EMAIL,
          prompt_cache_key: BEN_EMAIL,
          metadata: { user_id: BEN_EMAIL, person_id: BEN_EMAIL },
        }),
      ),
    ...passes("nobody", OWNS),
    forwarded: BEN_EMAIL,
  },
  {
    tried: "Fields of an event in the body",
    bytes: ({ ada, ben }) =>
      post(
        CHAT,
        [`X-Api-Key: ${ada.secret}`],
        JSON.stringify({
          model: "m",
          person_id: ben.key.person_id,
          key_kind: "none",
          identity_source: "none",
        }),
      ),
    ...passes("Ada, by key", SPENDS),
  },
  {
    tried: "Ada's address as metadata.user_id of Anthropic's interface",
    bytes: () =>
      post(
        "/v1/messages",
        [`X-Api-Key: ${OWN_KEY}`],
        JSON.stringify({ model: "m", max_tokens: 1, messages: [], metadata: { user_id: ADA_EMAIL } }),
      ),
    ...passes("nobody", OWNS),
  },
];

const IN_PATHS: Attack[] = [
  {
    tried: "Tags in the path that say who is calling",
    bytes: ({ ada, ben }) =>
      post(`/t/person_id=${ben.key.person_id},email=${BEN_EMAIL},team=Search${CHAT}`, [
        `X-Api-Key: ${ada.secret}`,
      ]),
    ...passes("Ada, by key", SPENDS),
    event: ({ ben }) => ({
      team_id: null,
      tags: { person_id: String(ben.key.person_id), email: BEN_EMAIL, team: "Search" },
    }),
    withheld: BEN_EMAIL,
  },
  {
    tried: "Ben's run and session in the path",
    bytes: ({ ada }) => post(`/t/run=run-of-ben,session=session-of-ben/k/${ada.secret}${CHAT}`),
    ...passes("Ada, by key", SPENDS),
    event: () => ({ client_run_id: "run-of-ben", session_id: "session-of-ben" }),
  },
  {
    tried: "Ben's key as a tag: it is none, and is not kept",
    bytes: ({ ben }) => post(`/t/key=${ben.secret}${CHAT}`, [OWN]),
    ...passes("nobody", OWNS),
    event: () => ({ tags: {} }),
  },
  {
    tried: "__proto__ as a tag",
    bytes: ({ ada }) => post(`/t/__proto__=x${CHAT}`, [`X-Api-Key: ${ada.secret}`]),
    ...passes("Ada, by key", SPENDS),
    event: () => ({ tags: {} }),
  },
];

export const CLAIM_ATTACKS: readonly Attack[] = [...IN_HEADERS, ...IN_BODIES, ...IN_PATHS];
