// The organisation's sign-in service, by OpenID Connect: the authorization code flow with PKCE (RFC 7636), state and nonce. What the
// protocol demands of either side is checked by openid-client; here is what is asked, and what comes out of it.
//
// Always holds: the service is asked for its metadata when somebody signs in first, and again where that failed: Assay starts without it.
// An ID token counts only with a signature by the service's own key, although it came from the service itself.

import * as oidc from "openid-client";
import { z } from "zod";
import { AppError } from "../../../schemas/app-error.ts";
import type { OidcConfig } from "../../../schemas/oidc-settings.ts";

const TIMEOUT_SECONDS = 10;
const SCOPES = ["openid", "email", "profile"];
/** Some services tell of groups only where they are asked for this; others refuse what they don't know. */
const GROUPS_SCOPE = "groups";

/** What has to be the same when somebody comes back. */
export interface OidcSecrets {
  state: string;
  nonce: string;
  codeVerifier: string;
}

/** Whom the service means. */
export interface OidcIdentity {
  issuer: string;
  subject: string;
  /** In lower case; undefined where the service does not say. */
  email: string | undefined;
  isEmailRefuted: boolean;
  name: string | undefined;
  /** Undefined where they are too many for the service to say (Entra ID sends a reference in their place). */
  groups: readonly string[] | undefined;
}

export interface OidcClient {
  /** Where to send a browser, and what to keep until it comes back. */
  begin(redirectUri: string): Promise<{ url: URL; secrets: OidcSecrets }>;
  /**
   * @param returned the address at which the browser came back
   * @throws AppError `forbidden` where the answer is not right or the service refused, `upstream_unreachable`
   */
  finish(returned: URL, secrets: OidcSecrets): Promise<OidcIdentity>;
}

export function createOidcClient(config: OidcConfig): OidcClient {
  let found: Promise<oidc.Configuration> | undefined;
  const discover = async (): Promise<oidc.Configuration> => {
    found ??= openConfiguration(config);
    try {
      return await found;
    } catch (error) {
      found = undefined;
      throw toFailure(error);
    }
  };
  return {
    async begin(redirectUri) {
      const service = await discover();
      const secrets = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        codeVerifier: oidc.randomPKCECodeVerifier(),
      };
      const hasGroupsScope = service.serverMetadata().scopes_supported?.includes(GROUPS_SCOPE) === true;
      const url = oidc.buildAuthorizationUrl(service, {
        redirect_uri: redirectUri,
        scope: [...SCOPES, ...(hasGroupsScope ? [GROUPS_SCOPE] : [])].join(" "),
        code_challenge: await oidc.calculatePKCECodeChallenge(secrets.codeVerifier),
        code_challenge_method: "S256",
        state: secrets.state,
        nonce: secrets.nonce,
      });
      return { url, secrets };
    },
    async finish(returned, { state, nonce, codeVerifier }) {
      const service = await discover();
      try {
        const tokens = await oidc.authorizationCodeGrant(service, returned, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (claims === undefined) throw new AppError("forbidden", "The sign-in service sent no ID token.");
        const hasUserInfo = service.serverMetadata().userinfo_endpoint !== undefined;
        const more = hasUserInfo
          ? await oidc.fetchUserInfo(service, tokens.access_token, claims.sub)
          : undefined;
        return toIdentity({ ...more, ...claims }, config.groupsClaim);
      } catch (error) {
        throw toFailure(error);
      }
    },
  };
}

async function openConfiguration({
  issuer,
  clientId,
  clientSecret,
}: OidcConfig): Promise<oidc.Configuration> {
  const insecure = issuer.startsWith("http:") ? [oidc.allowInsecureRequests] : [];
  const discovered = await oidc.discovery(new URL(issuer), clientId, clientSecret, undefined, {
    timeout: TIMEOUT_SECONDS,
    execute: insecure,
  });
  const metadata = discovered.serverMetadata();
  // A service that does not say takes the secret as the password of basic authentication (OpenID Connect Discovery 1.0, section 3).
  const takesPost = metadata.token_endpoint_auth_methods_supported?.includes("client_secret_post") === true;
  const authentication = takesPost
    ? oidc.ClientSecretPost(clientSecret)
    : oidc.ClientSecretBasic(clientSecret);
  const service = new oidc.Configuration(metadata, clientId, clientSecret, authentication);
  service.timeout = TIMEOUT_SECONDS;
  for (const allow of insecure) allow(service);
  oidc.enableNonRepudiationChecks(service);
  return service;
}

const claimsSchema = z.object({
  iss: z.string(),
  sub: z.string().min(1),
  email: z.string().optional(),
  /** Some services write it as a text. */
  email_verified: z.union([z.boolean(), z.enum(["true", "false"])]).optional(),
  name: z.string().optional(),
  _claim_names: z.record(z.string(), z.unknown()).optional(),
});
/** One group is a text with some services. */
const groupsSchema = z.union([z.array(z.string()), z.string().transform((group) => [group])]);

function toIdentity(claims: Readonly<Record<string, unknown>>, groupsClaim: string): OidcIdentity {
  const { iss, sub, email, email_verified: isVerified, name, _claim_names } = claimsSchema.parse(claims);
  const groups = groupsSchema.safeParse(claims[groupsClaim] ?? []);
  const areElsewhere = Object.hasOwn(_claim_names ?? {}, groupsClaim);
  return {
    issuer: iss,
    subject: sub,
    email: email?.trim().toLowerCase() || undefined,
    isEmailRefuted: isVerified === false || isVerified === "false",
    name: name?.trim() || undefined,
    groups: groups.success && !areElsewhere ? groups.data : undefined,
  };
}

/** Codes of openid-client for an answer that never came, or was none. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  "OAUTH_TIMEOUT",
  "OAUTH_ABORT",
  "OAUTH_RESPONSE_IS_NOT_CONFORM",
]);

function toFailure(error: unknown): unknown {
  const isProtocol =
    error instanceof oidc.AuthorizationResponseError ||
    error instanceof oidc.ResponseBodyError ||
    error instanceof oidc.WWWAuthenticateChallengeError;
  const isClient = error instanceof oidc.ClientError;
  if (error instanceof z.ZodError || isProtocol || (isClient && !UNREACHABLE.has(error.code ?? "")))
    return new AppError("forbidden", "The sign-in service's answer was not right.", { cause: error });
  // What fetch throws where there is no connection; without a cause it is a mistake of ours.
  if (isClient || (error instanceof TypeError && error.cause !== undefined)) {
    const message = "The sign-in service can't be reached. Try again in a minute.";
    return new AppError("upstream_unreachable", message, { retry: true, cause: error });
  }
  return error;
}
