// The page to go back to after signing in, as it stands in the address of the sign-in page.

/** Somewhere to measure a path from; nothing is asked of it. */
const ANY_ORIGIN = "http://assay.invalid";
const SIGN_IN = "/sign-in";

/** A path of this application; null for anything else, such as another site's address however it is written. */
export function toReturnPath(asked: string | null): string | null {
  if (asked === null || !asked.startsWith("/")) return null;
  const url = URL.parse(asked, ANY_ORIGIN);
  if (url === null || url.origin !== ANY_ORIGIN || url.pathname === SIGN_IN) return null;
  const path = url.pathname + url.search;
  return path.startsWith("//") || url.pathname === "/" ? null : path;
}

/** The address of the sign-in page for somebody who wanted a page and is not signed in. */
export function toSignInAddress(wanted: string, { hasEnded }: { hasEnded: boolean }): string {
  const returnPath = toReturnPath(wanted);
  const query = new URLSearchParams({
    ...(hasEnded && { ended: "" }),
    ...(returnPath !== null && { return: returnPath }),
  }).toString();
  return query === "" ? SIGN_IN : `${SIGN_IN}?${query}`;
}
