// Trusted proxies: whoever is not in their network says what they say, and whoever is in it tries to say more than one thing.

import { CHAT, passes, post, postAndStay, refused, type Attack } from "./attack.ts";
import { ADA_EMAIL, BEN_EMAIL, OWN_KEY } from "./bench.ts";

const OWN = `Authorization: Bearer ${OWN_KEY}`;
const OWNS = "the caller's own";
const SPENDS = "the organisation's";
const ADA = `X-Forwarded-Email: ${ADA_EMAIL}`;

/** The gateway trusts a network that the connection does not come from. */
const FROM_ELSEWHERE: Attack[] = [
  {
    tried: "The proxy's header from outside its network: like any header it goes on, and names nobody",
    bytes: () => post(CHAT, [OWN, ADA]),
    ...passes("nobody", OWNS),
    forwarded: ADA_EMAIL,
  },
  {
    tried: "The same, with X-Forwarded-For from the proxy's network",
    bytes: () => post(CHAT, [OWN, ADA, "X-Forwarded-For: 192.0.2.1", "X-Real-IP: 192.0.2.1"]),
    ...passes("nobody", OWNS),
  },
  {
    tried: "The same, with Forwarded from the proxy's network",
    bytes: () => post(CHAT, [OWN, ADA, "Forwarded: for=192.0.2.1;by=192.0.2.1"]),
    ...passes("nobody", OWNS),
  },
  {
    tried: "A line of the PROXY protocol in front of the request",
    bytes: () => `PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n${post(CHAT, [OWN, ADA])}`,
    ...refused(400),
  },
];

/** The connection comes from the proxy's network. */
const FROM_THERE: Omit<Attack, "gateway">[] = [
  {
    tried: "The proxy's header, which is no attack: believed, kept from the provider, and no credential",
    bytes: () => post(CHAT, [OWN, ADA]),
    ...passes("Ada, by proxy", OWNS),
    withheld: ADA_EMAIL,
  },
  {
    tried: "The proxy's word instead of a key, to spend the organisation's",
    bytes: () => post(CHAT, [ADA]),
    ...passes("Ada, by proxy", "none"),
  },
  {
    tried: "The address in capitals, which is no attack",
    bytes: () => post(CHAT, [OWN, `X-FORWARDED-EMAIL: ${ADA_EMAIL.toUpperCase()}`]),
    ...passes("Ada, by proxy", OWNS),
  },
  {
    tried: "The header twice: one may be the client's, whom the proxy let through",
    bytes: () => post(CHAT, [OWN, ADA, `X-Forwarded-Email: ${BEN_EMAIL}`]),
    ...passes("nobody", OWNS),
    withheld: BEN_EMAIL,
  },
  {
    tried: "Two addresses in one header",
    bytes: () => post(CHAT, [OWN, `${ADA}, ${BEN_EMAIL}`]),
    ...passes("nobody", OWNS),
    withheld: BEN_EMAIL,
  },
  {
    tried: "An address with a name",
    bytes: () => post(CHAT, [OWN, `X-Forwarded-Email: Ada <${ADA_EMAIL}>`]),
    ...passes("nobody", OWNS),
  },
  {
    tried: "An address with a percent sign in place of a letter",
    bytes: () => post(CHAT, [OWN, `X-Forwarded-Email: ${ADA_EMAIL.replace("a", "%61")}`]),
    ...passes("nobody", OWNS),
  },
  {
    tried: "An address with a letter that looks the same",
    bytes: () => post(CHAT, [OWN, `X-Forwarded-Email: ${ADA_EMAIL.replace("a", "\u0430")}`]),
    ...passes("nobody", OWNS),
  },
  {
    tried: "Underscores in place of hyphens in the header's name",
    bytes: () => post(CHAT, [OWN, `X_Forwarded_Email: ${ADA_EMAIL}`]),
    ...passes("nobody", OWNS),
  },
  {
    tried: "The header folded over two lines",
    bytes: () => post(CHAT, [OWN, ADA, ` ${BEN_EMAIL}`]),
    ...refused(400),
  },
  {
    tried: "A blank between the header's name and the colon",
    bytes: () => post(CHAT, [OWN, `X-Forwarded-Email : ${ADA_EMAIL}`]),
    ...refused(400),
  },
  {
    tried: "The header in the trailers of a chunked body",
    bytes: () =>
      [
        `POST ${CHAT} HTTP/1.1`,
        "Host: gateway",
        "Connection: close",
        "Trailer: X-Forwarded-Email",
        "Transfer-Encoding: chunked",
        OWN,
        "",
        "2",
        "{}",
        "0",
        ADA,
        "",
        "",
      ].join("\r\n"),
    ...passes("nobody", OWNS),
    withheld: ADA_EMAIL,
  },
  {
    tried: "Ben's key beside the proxy's header with Ada",
    bytes: ({ ben }) => post(CHAT, [`X-Api-Key: ${ben.secret}`, ADA]),
    ...passes("Ben, by key", SPENDS),
    withheld: ADA_EMAIL,
  },
  {
    tried: "A service's key beside the proxy's header with Ada: the call stays the service's",
    bytes: ({ service }) => post(CHAT, [`X-Api-Key: ${service.secret}`, ADA]),
    ...passes("the service", SPENDS),
    withheld: ADA_EMAIL,
  },
  {
    tried: "A revoked key beside the proxy's header: a bad key is not made good",
    bytes: ({ revoked }) => post(CHAT, [`X-Api-Key: ${revoked.secret}`, ADA]),
    ...refused(401),
  },
  {
    tried: "A second request on the connection, without the header that the first had",
    bytes: () => postAndStay(CHAT, [OWN, ADA]) + post(CHAT, [OWN]),
    statuses: [200, 200],
    owners: ["Ada, by proxy", "nobody"],
    spent: [OWNS, OWNS],
  },
];

const OTHERS: Attack[] = [
  {
    tried: "The proxy's header over IPv6 from an IPv4 address of its network, which is no attack",
    gateway: "on IPv6",
    bytes: () => post(CHAT, [OWN, ADA]),
    ...passes("Ada, by proxy", OWNS),
  },
  {
    tried: "The proxy's header where keys are required",
    gateway: "for keys only",
    bytes: () => post(CHAT, [OWN, ADA]),
    ...refused(401),
  },
];

export const PROXY_ATTACKS: readonly Attack[] = [
  ...FROM_ELSEWHERE,
  ...FROM_THERE.map((attack) => ({ ...attack, gateway: "behind a proxy" }) as const),
  ...OTHERS,
];
