// Settings of a sign-in service that can't be right are told at the start, and what is right is read as it was meant.

import { expect, test } from "vitest";
import { readConfig } from "../../schemas/config.ts";

test.each([
  [{ ASSAY_OIDC_ISSUER: "https://sso.example.com" }, "set all three"],
  [{ ASSAY_OIDC_CLIENT_SECRET: "s" }, "set all three"],
  [{ ASSAY_OIDC_ROLES: "a=owner" }, "set all three"],
  [{ ASSAY_OIDC_ISSUER: "http://sso.example.com" }, "an https:// address"],
  [{ ASSAY_OIDC_ROLES: "a=manager" }, "role owner, officer or operator"],
  [{ ASSAY_OIDC_ROLES: "owner" }, "group=role"],
  [
    {
      ASSAY_OIDC_ISSUER: "https://sso.example.com",
      ASSAY_OIDC_CLIENT_ID: "a",
      ASSAY_OIDC_CLIENT_SECRET: "s",
    },
    "needs ASSAY_PUBLIC_URL",
  ],
])("settings of a service that can't be right are told at the start: %o", (settings, fault) => {
  expect(() => readConfig(settings)).toThrow(fault);
});

test("names of groups may hold commas and equals signs, and the order stays", () => {
  const settings = {
    ASSAY_PUBLIC_URL: "https://assay.example.com",
    ASSAY_OIDC_ISSUER: "https://sso.example.com",
    ASSAY_OIDC_CLIENT_ID: "assay",
    ASSAY_OIDC_CLIENT_SECRET: "s",
    ASSAY_OIDC_ROLES: "cn=privacy,ou=groups=officer,owners=owner",
  };
  expect(readConfig(settings).oidc).toEqual({
    issuer: "https://sso.example.com",
    clientId: "assay",
    clientSecret: "s",
    groupsClaim: "groups",
    roles: [
      { group: "cn=privacy,ou=groups", role: "officer" },
      { group: "owners", role: "owner" },
    ],
  });
});
