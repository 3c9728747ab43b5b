// Keys: several at once, in other places, altered, guessed, and such as are over.

import { CHAT, passes, post, refused, type Attack } from "./attack.ts";
import { ORGANISATION_KEY, OWN_KEY } from "./bench.ts";

const SPENDS = "the organisation's";

/** Who shows two keys holds both; which one counts is fixed, so that no call is half one's and half the other's. */
const SEVERAL: Attack[] = [
  {
    tried: "Ada's key in x-assay-key, Ben's in authorization",
    bytes: ({ ada, ben }) =>
      post(CHAT, [`Authorization: Bearer ${ben.secret}`, `X-Assay-Key: ${ada.secret}`]),
    ...passes("Ada, by key", SPENDS),
  },
  {
    tried: "Ada's key in x-api-key, Ben's in authorization",
    bytes: ({ ada, ben }) => post(CHAT, [`X-Api-Key: ${ada.secret}`, `Authorization: Bearer ${ben.secret}`]),
    ...passes("Ben, by key", SPENDS),
  },
  {
    tried: "Ada's key in a header, Ben's in the path",
    bytes: ({ ada, ben }) => post(`/k/${ben.secret}${CHAT}`, [`X-Api-Key: ${ada.secret}`]),
    ...passes("Ada, by key", SPENDS),
  },
  {
    tried: "Ada's key in the path, Ben's in the query",
    bytes: ({ ada, ben }) => post(`/k/${ada.secret}${CHAT}?key=${ben.secret}`),
    ...passes("Ada, by key", SPENDS),
    event: () => ({ identity_source: "path" }),
  },
  {
    tried: "Ada's and Ben's keys in the query",
    bytes: ({ ada, ben }) => post(`${CHAT}?key=${ada.secret}&key=${ben.secret}`),
    ...passes("Ada, by key", SPENDS),
  },
  {
    tried: "x-assay-key twice, with Ada's key and Ben's",
    bytes: ({ ada, ben }) => post(CHAT, [`X-Assay-Key: ${ada.secret}`, `x-assay-key: ${ben.secret}`]),
    ...refused(401),
  },
  {
    tried: "authorization twice, with Ada's key and Ben's",
    bytes: ({ ada, ben }) =>
      post(CHAT, [`Authorization: Bearer ${ada.secret}`, `Authorization: Bearer ${ben.secret}`]),
    ...passes("Ada, by key", SPENDS),
  },
  {
    tried: "A revoked key in x-assay-key, and one that can be used beside it",
    bytes: ({ ada, revoked }) =>
      post(CHAT, [`X-Assay-Key: ${revoked.secret}`, `Authorization: Bearer ${ada.secret}`]),
    ...refused(401),
  },
  {
    tried: "A service's key, and a person's in the path",
    bytes: ({ ada, service }) => post(`/k/${ada.secret}${CHAT}`, [`X-Api-Key: ${service.secret}`]),
    ...passes("the service", SPENDS),
  },
];

const ALTERED: Attack[] = [
  {
    tried: "The SHA-256 of Ada's key, as a stolen database has it",
    bytes: ({ ada }) => post(CHAT, [`X-Assay-Key: ${ada.key.secret_sha256}`]),
    ...refused(401),
  },
  {
    tried: "assay_ and the SHA-256 of Ada's key",
    bytes: ({ ada }) => post(CHAT, [`Authorization: Bearer assay_${ada.key.secret_sha256}`]),
    ...refused(401),
  },
  {
    tried: "Ada's id in x-assay-key",
    bytes: ({ ada }) => post(CHAT, [`X-Assay-Key: ${ada.key.person_id}`]),
    ...refused(401),
  },
  {
    tried: "The id of Ada's key as a bearer token: to the gateway it is some provider's credential",
    bytes: ({ ada }) => post(CHAT, [`Authorization: Bearer ${ada.key.key_id}`]),
    ...passes("nobody", "the caller's own"),
  },
  {
    tried: "Ada's key with another last character",
    bytes: ({ ada }) => {
      const last = ada.secret.endsWith("A") ? "B" : "A";
      return post(CHAT, [`X-Api-Key: ${ada.secret.slice(0, -1)}${last}`]);
    },
    ...refused(401),
  },
  {
    tried: "Ada's key and one character more",
    bytes: ({ ada }) => post(CHAT, [`X-Api-Key: ${ada.secret}A`]),
    ...refused(401),
  },
  {
    tried: "Ada's key and a letter with an accent",
    bytes: ({ ada }) => post(CHAT, [`X-Api-Key: ${ada.secret}é`]),
    ...refused(401),
  },
  {
    tried: "Ada's key in capitals: no key, and it does not reach the provider either",
    bytes: ({ ada }) => post(CHAT, [`Authorization: Bearer ${ada.secret.toUpperCase()}`]),
    ...passes("nobody", "none"),
  },
  {
    tried: "Ada's key between blanks and tabs, which HTTP allows",
    bytes: ({ ada }) => post(CHAT, [`Authorization: \t Bearer   ${ada.secret} \t`]),
    ...passes("Ada, by key", SPENDS),
  },
  {
    tried: "Ada's key behind a NUL",
    bytes: ({ ada }) => post(CHAT, [`X-Assay-Key: \0${ada.secret}`]),
    ...refused(400),
  },
  {
    tried: "An empty x-assay-key, in the hope of being taken for somebody",
    bytes: () => post(CHAT, ["X-Assay-Key: "]),
    ...refused(401),
  },
  {
    tried: "A key of ten thousand characters",
    bytes: () => post(CHAT, [`X-Api-Key: assay_${"A".repeat(10_000)}`]),
    ...refused(401),
  },
];

const OVER: Attack[] = [
  {
    tried: "A revoked key",
    bytes: ({ revoked }) => post(CHAT, [`X-Api-Key: ${revoked.secret}`]),
    ...refused(401),
  },
  {
    tried: "An expired key",
    bytes: ({ expired }) => post(CHAT, [`X-Api-Key: ${expired.secret}`]),
    ...refused(401),
  },
  {
    tried: "A rotated key within its overlap, which is no attack",
    bytes: ({ overlapping }) => post(CHAT, [`X-Api-Key: ${overlapping.secret}`]),
    ...passes("Ada, by key", SPENDS),
  },
  {
    tried: "A rotated key after its overlap",
    bytes: ({ rotatedOut }) => post(CHAT, [`X-Api-Key: ${rotatedOut.secret}`]),
    ...refused(401),
  },
  {
    tried: "The key of a person who was erased",
    bytes: ({ erased }) => post(CHAT, [`X-Api-Key: ${erased.secret}`]),
    ...refused(401),
  },
];

/** The organisation's own key, and Assay's, where they do not belong. */
const PROVIDERS: Attack[] = [
  { tried: "No credential at all", bytes: () => post(CHAT), ...passes("nobody", "none") },
  {
    tried: "An empty bearer token",
    bytes: () => post(CHAT, ["Authorization: Bearer "]),
    ...passes("nobody", "none"),
  },
  {
    tried: "A provider's key of the caller's own: it is spent, and the organisation's is not",
    bytes: () => post(CHAT, [`Authorization: Bearer ${OWN_KEY}`]),
    ...passes("nobody", "the caller's own"),
  },
  {
    tried: "Ada's key and a provider's own: both are what they are",
    bytes: ({ ada }) => post(CHAT, [`X-Assay-Key: ${ada.secret}`, `Authorization: Bearer ${OWN_KEY}`]),
    ...passes("Ada, by key", "the caller's own"),
  },
  {
    tried: "The organisation's key in x-assay-key, should it have leaked",
    bytes: () => post(CHAT, [`X-Assay-Key: ${ORGANISATION_KEY}`]),
    ...refused(401),
  },
  {
    tried: "Ada's key with another scheme than Bearer: no key, and it does not reach the provider",
    bytes: ({ ada }) => post(CHAT, [`Authorization: Token ${ada.secret}`]),
    ...passes("nobody", "none"),
  },
  {
    tried: "Ada's key in a cookie and in a header of no meaning: neither reaches the provider",
    bytes: ({ ada }) => post(CHAT, [`Cookie: key=${ada.secret}`, `X-Debug: was ${ada.secret}`]),
    ...passes("nobody", "none"),
  },
];

export const KEY_ATTACKS: readonly Attack[] = [...SEVERAL, ...ALTERED, ...OVER, ...PROVIDERS];
