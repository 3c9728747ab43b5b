// What attacks on identity are tried against: real gateways in front of a provider that keeps what it sees, and a cast of callers.
// An attack is the bytes of one connection, so that nothing that a well-behaved client would refuse to send is left untried.

import type { IncomingHttpHeaders } from "node:http";
import { CREDENTIAL_HEADERS } from "../../ingest/gateway/identity/caller.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { describePerson, issueKey } from "../services/assay-keys.ts";
import { startTestGateway, type TestGateway } from "../services/gateway.ts";
import { sendBytes } from "../services/raw-socket.ts";
import { startReplayProvider } from "../services/replay-provider.ts";

/** The organisation's key for providers, which only callers with an Assay key may spend. */
export const ORGANISATION_KEY = "sk-organisation";
/** A provider's key of the caller's own. */
export const OWN_KEY = "sk-own";
export const ADA_EMAIL = "ada@example.com";
export const BEN_EMAIL = "ben@example.com";

export type Cast = ReturnType<typeof createCast>;

function createCast() {
  const past = "2026-01-01T00:00:00.000Z";
  const [ada, ben] = [issueKey(), issueKey()];
  const ofAda = { person_id: ada.key.person_id };
  return {
    ada,
    ben,
    service: issueKey({ kind: "service", person_id: null }),
    revoked: issueKey({ ...ofAda, revoked_at: past }),
    expired: issueKey({ ...ofAda, expires_at: past }),
    /** Rotated, and still in its overlap; and after it. */
    overlapping: issueKey({ ...ofAda, expires_at: "2999-01-01T00:00:00.000Z" }),
    rotatedOut: issueKey({ ...ofAda, expires_at: past }),
    /** Gone with their person: no gateway has heard of it. */
    erased: issueKey(),
  };
}

/**
 * Which gateway is asked. `open` trusts a network that is far away; `behind a proxy` the one that the attacks come from, and so
 * does `on IPv6`, to which IPv4 addresses look like IPv6; `for keys only` does too, and takes nobody without a key.
 */
const GATEWAYS = {
  open: { ASSAY_TRUSTED_IDENTITY_HEADERS: "192.0.2.0/24=x-forwarded-email" },
  "behind a proxy": { ASSAY_TRUSTED_IDENTITY_HEADERS: "127.0.0.1/32=x-forwarded-email" },
  "on IPv6": {
    ASSAY_TRUSTED_IDENTITY_HEADERS: "127.0.0.1/32=x-forwarded-email",
    ASSAY_HOST: "::ffff:127.0.0.1",
  },
  "for keys only": {
    ASSAY_TRUSTED_IDENTITY_HEADERS: "127.0.0.1/32=x-forwarded-email",
    ASSAY_AUTH: "required",
  },
} as const;
export type GatewayName = keyof typeof GATEWAYS;

/** Whose a call is, and by whose word. */
export type Owner = "Ada, by key" | "Ben, by key" | "Ada, by proxy" | "the service" | "nobody";
/** What credential reached the provider. */
export type Spent = "none" | "the caller's own" | "the organisation's";

export interface Outcome {
  /** Statuses of the answers on the connection, in their order. */
  statuses: number[];
  /** Of each call that is on record, in the order of the answers. */
  owners: Owner[];
  /** Of each request that the provider got, in no order. */
  spent: Spent[];
  events: TokenEvent[];
  /** All that the provider has seen, as text. */
  seen: string;
  /** The ids by which the answers name their calls. */
  answeredIds: string[];
}

export interface AttackBench {
  cast: Cast;
  tryOut(gateway: GatewayName, bytes: string): Promise<Outcome>;
  close(): Promise<void>;
}

export async function openAttackBench(): Promise<AttackBench> {
  const cast = createCast();
  const { erased: _erased, ...known } = cast;
  const provider = await startReplayProvider();
  const people = [
    describePerson(ADA_EMAIL, { person_id: String(cast.ada.key.person_id) }),
    describePerson(BEN_EMAIL, { person_id: String(cast.ben.key.person_id) }),
  ];
  const gateways = new Map<string, TestGateway>();
  for (const [name, own] of Object.entries(GATEWAYS)) {
    const settings = { ...own, ASSAY_UPSTREAM_OPENAI_KEY: ORGANISATION_KEY };
    const keys = Object.values(known).map(({ key }) => key);
    gateways.set(name, await startTestGateway({ upstreamUrl: provider.url, keys, people, settings }));
  }

  function ownerOf({ person_id, key_kind, identity_source }: TokenEvent): Owner {
    if (key_kind === "service") return "the service";
    if (person_id === null) return "nobody";
    if (identity_source === "header") return "Ada, by proxy";
    return person_id === cast.ada.key.person_id ? "Ada, by key" : "Ben, by key";
  }

  return {
    cast,
    async tryOut(name, bytes) {
      const gateway = gateways.get(name);
      if (!gateway) throw new Error(`There is no gateway ${name}.`);
      const before = provider.requests.length;
      const answer = await sendBytes(gateway.url, bytes);
      const requests = provider.requests.slice(before);
      const answeredIds = [...answer.matchAll(/^x-assay-event-id: (.*?)\r$/gim)].map(([, id]) => String(id));
      const place = ({ event_id }: TokenEvent) => answeredIds.indexOf(event_id);
      const events = gateway.takeEvents().toSorted((one, other) => place(one) - place(other));
      return {
        statuses: [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status)),
        owners: events.map(ownerOf),
        spent: requests.map(({ headers }) => spentBy(headers)),
        events,
        seen: requests
          .map(({ url, rawHeaders, body }) => [url, ...rawHeaders, body.toString("latin1")].join("\n"))
          .join("\n"),
        answeredIds,
      };
    },
    async close() {
      await Promise.all([...gateways.values()].map((gateway) => gateway.close()));
      await provider.close();
    },
  };
}

function spentBy(headers: IncomingHttpHeaders): Spent {
  const values = CREDENTIAL_HEADERS.map((name) => String(headers[name] ?? "").replace(/^bearer\b/i, ""));
  if (values.some((value) => value.includes(ORGANISATION_KEY))) return "the organisation's";
  // Where browsers have their key on the way to a WebSocket.
  const isInProtocol = String(headers["sec-websocket-protocol"]).includes(OWN_KEY);
  return isInProtocol || values.some((value) => value.trim() !== "") ? "the caller's own" : "none";
}
