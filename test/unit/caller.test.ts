// Who is calling: the key that was shown decides, wherever it was shown, and nothing that a client says of itself does.

import { pino } from "pino";
import { describe, expect, test } from "vitest";
import {
  CREDENTIAL_HEADERS,
  identifyCaller,
  type CallerOptions,
  type CallerRequest,
} from "../../ingest/gateway/identity/caller.ts";
import { createTrustedNetworks } from "../../ingest/gateway/identity/trusted-networks.ts";
import { createAssayKey } from "../../schemas/assay-key.ts";
import type { SnapshotKey } from "../../schemas/identity-snapshot.ts";
import { createMetrics } from "../../schemas/metrics.ts";
import { trustedHeadersSchema } from "../../schemas/trusted-headers.ts";
import { describePerson, issueKey } from "../services/assay-keys.ts";

const NOW = Date.parse("2026-11-20T12:00:00.000Z");

const ADA = describePerson("ada@example.com", { team_id: "0193a000-0000-7000-8000-000000000001" });
const PROXY = "10.1.2.3";
const trustedHeadersOf = createTrustedNetworks(
  trustedHeadersSchema.parse(
    "10.0.0.0/8=X-Forwarded-Email,10.1.0.0/16=x-user,192.0.2.7/32=x-forwarded-email,fd00::/8=x-forwarded-email",
  ),
);

function callers(key: SnapshotKey, more: Partial<CallerOptions> = {}, isCurrent = true): CallerOptions {
  return {
    log: pino({ level: "silent" }),
    metrics: createMetrics("test"),
    snapshot: {
      findKey: (hash) => (hash === key.secret_sha256 ? key : undefined),
      findPerson: (hash) => (hash === ADA.email_sha256 ? ADA : undefined),
      isCurrent: () => isCurrent,
      close() {},
    },
    trustedHeadersOf,
    auth: "optional",
    now: () => NOW,
    ...more,
  };
}

function request(
  headersDistinct: Record<string, string | string[]>,
  remoteAddress: string | undefined = "127.0.0.1",
): CallerRequest {
  const entries = Object.entries(headersDistinct).map(([name, values]) => [name, [values].flat()] as const);
  return {
    headers: Object.fromEntries(entries.map(([name, values]) => [name, values.join(", ")])),
    headersDistinct: Object.fromEntries(entries),
    socket: { remoteAddress },
  };
}

describe("a valid key", () => {
  const { secret, key } = issueKey({ workload_class: "ci" });

  test.each(CREDENTIAL_HEADERS)("in %s makes the call its person's", (name) => {
    const expected = {
      personId: key.person_id,
      keyId: key.key_id,
      identitySource: "key",
      keyKind: "person",
      workloadClass: "ci",
      classSource: "key",
      isAuthenticated: true,
    };
    expect(identifyCaller(callers(key), request({ [name]: secret }), undefined)).toMatchObject(expected);
    expect(identifyCaller(callers(key), request({ [name]: `Bearer ${secret}` }), undefined)).toMatchObject(
      expected,
    );
    expect(identifyCaller(callers(key), request({ [name]: `bearer  ${secret} ` }), undefined)).toMatchObject(
      expected,
    );
  });

  test("in the path says that it was there", () => {
    expect(identifyCaller(callers(key), request({}), secret)).toMatchObject({
      personId: key.person_id,
      identitySource: "path",
    });
  });

  test("is found beside a provider's own credential", () => {
    const headers = { authorization: "Bearer sk-theirs", "x-assay-key": secret };
    expect(identifyCaller(callers(key), request(headers), undefined)).toMatchObject({
      personId: key.person_id,
    });
  });
});

test("a service's key is nobody's", () => {
  const { secret, key } = issueKey({ kind: "service", person_id: null });
  expect(identifyCaller(callers(key), request({ "x-api-key": secret }), undefined)).toMatchObject({
    personId: null,
    keyKind: "service",
    isAuthenticated: true,
  });
});

describe("a key is refused", () => {
  const past = "2026-11-20T11:59:59.999Z";
  const cases: [name: string, said: Partial<SnapshotKey>][] = [
    ["when it was revoked", { revoked_at: past }],
    ["when it was revoked and has not expired", { revoked_at: past, expires_at: "2027-01-01T00:00:00.000Z" }],
    ["when it has expired", { expires_at: past }],
    ["at the moment of its expiry", { expires_at: "2026-11-20T12:00:00.000Z" }],
  ];

  test.each(cases)("%s", (_name, said) => {
    const { secret, key } = issueKey(said);
    expect(() => identifyCaller(callers(key), request({ "x-api-key": secret }), undefined)).toThrow(
      expect.objectContaining({ status: 401, kind: "authentication" }),
    );
  });

  test("when it is unknown, in our own header also when it is of no form of ours", () => {
    const { key } = issueKey();
    for (const unknown of [createAssayKey(), "assay_", "assay_short"]) {
      expect(() => identifyCaller(callers(key), request({ "x-api-key": unknown }), undefined)).toThrow(
        expect.objectContaining({ status: 401 }),
      );
    }
    expect(() => identifyCaller(callers(key), request({ "x-assay-key": "sk-theirs" }), undefined)).toThrow(
      expect.objectContaining({ status: 401 }),
    );
    expect(() => identifyCaller(callers(key), request({}), "sk-theirs")).toThrow(
      expect.objectContaining({ status: 401 }),
    );
  });

  test("for the time being, when the snapshot is too old to be believed", () => {
    const { secret, key } = issueKey();
    expect(() =>
      identifyCaller(callers(key, {}, false), request({ "x-api-key": secret }), undefined),
    ).toThrow(expect.objectContaining({ status: 503 }));
  });

  test("and not until its expiry", () => {
    const { secret, key } = issueKey({ expires_at: "2026-11-20T12:00:00.001Z" });
    expect(identifyCaller(callers(key), request({ "x-api-key": secret }), undefined).isAuthenticated).toBe(
      true,
    );
  });
});

describe("without a key", () => {
  const { key } = issueKey();
  const headers = { authorization: "Bearer sk-theirs", "x-api-key": "theirs", "x-assay-session-id": "s" };

  test("a caller passes and is nobody, also while the snapshot is too old", () => {
    const nobody = { personId: null, keyId: null, identitySource: "none", isAuthenticated: false };
    expect(identifyCaller(callers(key), request(headers), undefined)).toMatchObject(nobody);
    expect(identifyCaller(callers(key, {}, false), request(headers), undefined)).toMatchObject(nobody);
  });

  test("a caller is refused where keys are required", () => {
    expect(() => identifyCaller(callers(key, { auth: "required" }), request(headers), undefined)).toThrow(
      expect.objectContaining({ status: 401 }),
    );
  });
});

describe("a proxy of a trusted network", () => {
  const { secret, key } = issueKey();
  const NAMED = { personId: ADA.person_id, teamId: ADA.team_id, identitySource: "header", keyKind: "none" };
  const NOT_NAMED = { personId: null, teamId: null, identitySource: "none" };
  const header = { "x-forwarded-email": "ada@example.com" };

  test.each([PROXY, "::ffff:10.1.2.3", "::FFFF:10.1.2.3", "192.0.2.7", "fd00::1", "fd12:3456::1%eth0"])(
    "at %s names a person, who may not spend the organisation's key for that",
    (address) => {
      const options = callers(key);
      expect(identifyCaller(options, request(header, address), undefined)).toMatchObject({
        ...NAMED,
        isAuthenticated: false,
      });
      const inCapitals = request({ "x-forwarded-email": "Ada@Example.COM" }, address);
      expect(identifyCaller(options, inCapitals, undefined)).toMatchObject(NAMED);
    },
  );

  test.each([
    "127.0.0.1",
    "11.0.0.1",
    "192.0.2.6",
    "::1",
    "fe00::1",
    "::ffff:11.0.0.1",
    "::10.1.2.3",
    "",
    "x",
  ])("is not at %j, and what is said from there names nobody", (address) => {
    expect(identifyCaller(callers(key), request(header, address), undefined)).toMatchObject(NOT_NAMED);
    expect(trustedHeadersOf(address).size).toBe(0);
  });

  test("is not there where nobody knows where the call is from, nor where none was configured", () => {
    expect(trustedHeadersOf(undefined).size).toBe(0);
    expect(createTrustedNetworks([])(PROXY).size).toBe(0);
  });

  const UNSURE: Readonly<Record<string, [outcome: string, headers: Record<string, string | string[]>]>> = {
    "somebody who is not known": ["unknown", { "x-forwarded-email": "eve@example.com" }],
    "nobody at all": ["unknown", { "x-forwarded-email": "" }],
    "two addresses in one value": ["unknown", { "x-forwarded-email": "ada@example.com, eve@example.com" }],
    "an address with a name": ["unknown", { "x-forwarded-email": "Ada <ada@example.com>" }],
    "an address with a path": ["unknown", { "x-forwarded-email": "mailto:ada@example.com" }],
    "the same person twice": ["ambiguous", { "x-forwarded-email": ["ada@example.com", "ada@example.com"] }],
    "one person in two headers": ["ambiguous", { ...header, "x-user": "eve@example.com" }],
  };
  test.each(Object.entries(UNSURE))("that names %s names nobody, and it is counted", async (_case, said) => {
    const [outcome, headers] = said;
    const options = callers(key);
    expect(identifyCaller(options, request(headers, PROXY), undefined)).toMatchObject(NOT_NAMED);
    const counted = await options.metrics.vouchedCalls.get();
    expect(counted.values).toEqual([
      expect.objectContaining({ labels: expect.objectContaining({ outcome }), value: 1 }),
    ]);
  });

  test("is not believed on the word of a snapshot that is too old, and its caller passes", () => {
    const options = callers(key, {}, false);
    expect(identifyCaller(options, request(header, PROXY), undefined)).toMatchObject(NOT_NAMED);
  });

  test("says nothing against a key, whoever's it is, and is no key where one is required", () => {
    const service = issueKey({ kind: "service", person_id: null });
    for (const { secret: shown, key: own } of [{ secret, key }, service]) {
      const caller = identifyCaller(
        callers(own),
        request({ ...header, "x-api-key": shown }, PROXY),
        undefined,
      );
      expect(caller).toMatchObject({ personId: own.person_id, keyId: own.key_id, identitySource: "key" });
    }
    expect(() =>
      identifyCaller(callers(key, { auth: "required" }), request(header, PROXY), undefined),
    ).toThrow(expect.objectContaining({ status: 401 }));
  });
});

test.each([
  "0.0.0.0/0=x-user",
  "::/0=x-user",
  "10.0.0.0/33=x-user",
  "10.0.0/8=x-user",
  "10.0.0.0/8=authorization",
  "10.0.0.0/8=X-Api-Key",
  "10.0.0.0/8=x-assay-key",
  "10.0.0.0/8=host",
  "10.0.0.0/8",
  "",
])("%j says of no proxy that it may be believed", (setting) => {
  expect(trustedHeadersSchema.safeParse(setting).success).toBe(false);
});
