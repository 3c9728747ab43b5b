// The headers that tell a browser what Assay's pages may never do: load from elsewhere, run a script that is written into
// the page, stand in somebody else's frame, or tell other sites where a reader came from.

import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";

const YEAR_SECONDS = 31_536_000;

export function createSecurityHeaders({ isHttps }: { isHttps: boolean }): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "data:"],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      manifestSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
    permissionsPolicy: { camera: [], geolocation: [], microphone: [] },
    referrerPolicy: "no-referrer",
    // Sent over plain http it would be ignored, or lock a reader out of a later port on the same name.
    strictTransportSecurity: isHttps ? `max-age=${YEAR_SECONDS}` : false,
    xFrameOptions: "DENY",
  });
}
