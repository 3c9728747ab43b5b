// Who is calling: the key that was shown decides, wherever it was shown, and nothing that a client says of itself does.

import { describe, expect, test } from "vitest";
import {
  CREDENTIAL_HEADERS,
  identifyCaller,
  type CallerOptions,
} from "../../ingest/gateway/identity/caller.ts";
import { createAssayKey } from "../../schemas/assay-key.ts";
import type { SnapshotKey } from "../../schemas/identity-snapshot.ts";
import { issueKey } from "../services/assay-keys.ts";

const NOW = Date.parse("2026-11-20T12:00:00.000Z");

function callers(key: SnapshotKey, more: Partial<CallerOptions> = {}, isCurrent = true): CallerOptions {
  return {
    snapshot: {
      find: (hash) => (hash === key.secret_sha256 ? key : undefined),
      isCurrent: () => isCurrent,
      close() {},
    },
    auth: "optional",
    now: () => NOW,
    ...more,
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
    expect(identifyCaller(callers(key), { [name]: secret }, undefined)).toMatchObject(expected);
    expect(identifyCaller(callers(key), { [name]: `Bearer ${secret}` }, undefined)).toMatchObject(expected);
    expect(identifyCaller(callers(key), { [name]: `bearer  ${secret} ` }, undefined)).toMatchObject(expected);
  });

  test("in the path says that it was there", () => {
    expect(identifyCaller(callers(key), {}, secret)).toMatchObject({
      personId: key.person_id,
      identitySource: "path",
    });
  });

  test("is found beside a provider's own credential", () => {
    const headers = { authorization: "Bearer sk-theirs", "x-assay-key": secret };
    expect(identifyCaller(callers(key), headers, undefined)).toMatchObject({ personId: key.person_id });
  });
});

test("a service's key is nobody's", () => {
  const { secret, key } = issueKey({ kind: "service", person_id: null });
  expect(identifyCaller(callers(key), { "x-api-key": secret }, undefined)).toMatchObject({
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
    expect(() => identifyCaller(callers(key), { "x-api-key": secret }, undefined)).toThrow(
      expect.objectContaining({ status: 401, kind: "authentication" }),
    );
  });

  test("when it is unknown, in our own header also when it is of no form of ours", () => {
    const { key } = issueKey();
    for (const unknown of [createAssayKey(), "assay_", "assay_short"]) {
      expect(() => identifyCaller(callers(key), { "x-api-key": unknown }, undefined)).toThrow(
        expect.objectContaining({ status: 401 }),
      );
    }
    expect(() => identifyCaller(callers(key), { "x-assay-key": "sk-theirs" }, undefined)).toThrow(
      expect.objectContaining({ status: 401 }),
    );
    expect(() => identifyCaller(callers(key), {}, "sk-theirs")).toThrow(
      expect.objectContaining({ status: 401 }),
    );
  });

  test("for the time being, when the snapshot is too old to be believed", () => {
    const { secret, key } = issueKey();
    expect(() => identifyCaller(callers(key, {}, false), { "x-api-key": secret }, undefined)).toThrow(
      expect.objectContaining({ status: 503 }),
    );
  });

  test("and not until its expiry", () => {
    const { secret, key } = issueKey({ expires_at: "2026-11-20T12:00:00.001Z" });
    expect(identifyCaller(callers(key), { "x-api-key": secret }, undefined).isAuthenticated).toBe(true);
  });
});

describe("without a key", () => {
  const { key } = issueKey();
  const headers = { authorization: "Bearer sk-theirs", "x-api-key": "theirs", "x-assay-session-id": "s" };

  test("a caller passes and is nobody, also while the snapshot is too old", () => {
    const nobody = { personId: null, keyId: null, identitySource: "none", isAuthenticated: false };
    expect(identifyCaller(callers(key), headers, undefined)).toMatchObject(nobody);
    expect(identifyCaller(callers(key, {}, false), headers, undefined)).toMatchObject(nobody);
  });

  test("a caller is refused where keys are required", () => {
    expect(() => identifyCaller(callers(key, { auth: "required" }), headers, undefined)).toThrow(
      expect.objectContaining({ status: 401 }),
    );
  });
});
