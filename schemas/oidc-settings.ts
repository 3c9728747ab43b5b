// The organisation's sign-in service (OpenID Connect) as the settings name it: all of what it needs, or none.

import { z } from "zod";

/** Roles that a group of the sign-in service can give. Who manages whom follows from reporting lines. */
export const GROUP_ROLES = ["owner", "officer", "operator"] as const;
export type GroupRole = (typeof GROUP_ROLES)[number];

export interface OidcConfig {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** The claim that lists a person's groups. */
  groupsClaim: string;
  /** The first group that a person is in gives the role. Empty: roles are not the sign-in service's business. */
  roles: readonly { group: string; role: GroupRole }[];
}

/** Names of groups may hold commas and equals signs, as distinguished names do; a role ends each entry. */
const ENTRY = new RegExp(`(.+?)=(${GROUP_ROLES.join("|")})(?:,|$)`, "gy");
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** `assay-owners=owner,privacy=officer` */
export const oidcRolesSchema = z.string().transform((text, context) => {
  const entries = [...text.matchAll(ENTRY)].map(([, group = "", role]) => ({
    group,
    role: z.enum(GROUP_ROLES).parse(role),
  }));
  const written = entries.map(({ group, role }) => `${group}=${role}`).join(",");
  if (entries.length > 0 && written === text) return entries;
  context.addIssue({
    code: "custom",
    message: "group=role, separated by commas; role owner, officer or operator",
  });
  return z.NEVER;
});

/** Everything goes to this address: a person's password, and who they are. On this machine alone it may go unencrypted. */
export const oidcIssuerSchema = z
  .url({ protocol: /^https?$/, error: "an https:// address" })
  .refine(
    (address) => address.startsWith("https:") || LOOPBACK.has(new URL(address).hostname),
    "an https:// address",
  );

interface OidcSettings {
  ASSAY_PUBLIC_URL?: string | undefined;
  ASSAY_OIDC_ISSUER?: string | undefined;
  ASSAY_OIDC_CLIENT_ID?: string | undefined;
  ASSAY_OIDC_CLIENT_SECRET?: string | undefined;
  ASSAY_OIDC_GROUPS_CLAIM: string;
  ASSAY_OIDC_ROLES?: OidcConfig["roles"] | undefined;
}

/** Undefined where there is no sign-in service. A part of the settings without the rest is a fault. */
export function toOidcConfig(settings: OidcSettings, faults: string[]): OidcConfig | undefined {
  const { ASSAY_OIDC_ISSUER: issuer, ASSAY_OIDC_CLIENT_ID: clientId } = settings;
  const { ASSAY_OIDC_CLIENT_SECRET: clientSecret, ASSAY_OIDC_ROLES: roles } = settings;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) {
    if ((issuer ?? clientId ?? clientSecret ?? roles) !== undefined)
      faults.push(
        "ASSAY_OIDC_ISSUER, ASSAY_OIDC_CLIENT_ID, ASSAY_OIDC_CLIENT_SECRET: set all three of them, or none.",
      );
    return undefined;
  }
  if (settings.ASSAY_PUBLIC_URL === undefined)
    faults.push(
      "ASSAY_OIDC_ISSUER: needs ASSAY_PUBLIC_URL, the address to which the sign-in service sends people back.",
    );
  return {
    issuer,
    clientId,
    clientSecret,
    groupsClaim: settings.ASSAY_OIDC_GROUPS_CLAIM,
    roles: roles ?? [],
  };
}
