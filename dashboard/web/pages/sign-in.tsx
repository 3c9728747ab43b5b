// Signs in: over the organisation's sign-in service where there is one, or with the token of a one-time link, `/sign-in#TOKEN`. A
// fragment is never sent to a server and stands in no log.
//
// Always holds: the token leaves the address before it is used, so that it is neither in the history nor used twice. Afterwards
// comes the page that was asked for, `?return=/path`, and never one of another site.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { SIGN_IN_REFUSALS } from "../../../schemas/access-api.ts";
import { AppError } from "../../../schemas/app-error.ts";
import { readSignInMethods } from "../api/access.ts";
import { isSignedOut, type Api } from "../api/client.ts";
import { signIn } from "../api/session.ts";
import { CopyBlock } from "../components/copy-block.tsx";
import { Mark } from "../components/icon.tsx";
import { Failed, Loading, Note, Skeleton } from "../components/states.tsx";
import { navigate, PATHS, useAddress } from "../location.tsx";
import { REFUSAL_WORDS } from "../prepare/access-rows.ts";
import { toReturnPath } from "../prepare/return-path.ts";

const LINK_COMMAND = "npx assay login-link you@example.com";

export function SignIn({ api }: { api: Api }) {
  const queryClient = useQueryClient();
  const address = useAddress();
  const returnPath = toReturnPath(address.searchParams.get("return")) ?? PATHS.usage;
  const { mutate, ...entry } = useMutation({
    mutationFn: (token: string) => signIn(api, token),
    onSuccess: () => {
      queryClient.clear();
      navigate(returnPath, { replace: true });
    },
  });
  const fragment = address.hash.slice(1);
  useEffect(() => {
    document.title = "Sign in · Assay";
    if (fragment === "") return;
    navigate(PATHS.signIn, { replace: true });
    mutate(fragment);
  }, [fragment, mutate]);
  if (entry.isPending || entry.isSuccess) {
    return (
      <SignInSheet>
        <p role="status">Signing you in.</p>
      </SignInSheet>
    );
  }
  return (
    <SignInSheet>
      <WhyHere address={address} />
      {entry.error !== null && (
        <SignInFailure error={entry.error} retry={() => mutate(entry.variables ?? "")} />
      )}
      <WaysIn api={api} returnPath={returnPath} />
    </SignInSheet>
  );
}

function SignInSheet({ children }: { children: ReactNode }) {
  return (
    <main className="sign-in" id="main">
      <div className="brand">
        <Mark /> Assay
      </div>
      <div className="sheet stack">
        <h1>Sign in</h1>
        {children}
      </div>
    </main>
  );
}

/** What happened before, where something did. */
function WhyHere({ address: { searchParams } }: { address: URL }) {
  const refusal = SIGN_IN_REFUSALS.find((name) => name === searchParams.get("refused"));
  if (refusal !== undefined) return <Note kind="failed">{REFUSAL_WORDS[refusal]}</Note>;
  if (searchParams.has("ended")) return <Note kind="notice">Your session has ended. Nothing is lost.</Note>;
  return null;
}

function WaysIn({ api, returnPath }: { api: Api; returnPath: string }) {
  const ways = useQuery({ queryKey: ["sign-in-methods"], queryFn: () => readSignInMethods(api) });
  if (ways.error !== null) return <Failed error={ways.error} retry={() => void ways.refetch()} />;
  if (ways.data === undefined) return <Loading shape={<Skeleton height={80} />} />;
  if (!ways.data.methods.includes("oidc")) {
    return (
      <>
        <p>You sign in with a one-time link. The person who runs Assay makes one for you with:</p>
        <CopyBlock label="Make a sign-in link" lines={LINK_COMMAND} />
        <p className="notes">A link works once, for 15 minutes.</p>
      </>
    );
  }
  return (
    <>
      <p>
        <a
          className="button"
          data-kind="action"
          href={`/api/v1/oidc/start?${new URLSearchParams({ return: returnPath }).toString()}`}
        >
          Sign in with your organisation
        </a>
      </p>
      <p className="notes">
        One-time links are for the first owner alone, for a day on which that service is away.
      </p>
    </>
  );
}

function SignInFailure({ error, retry }: { error: Error; retry: () => void }) {
  if (!(error instanceof AppError) || error.status >= 500) return <Failed error={error} retry={retry} />;
  return (
    <Note kind="failed">
      {isSignedOut(error)
        ? "This link has been used, or its 15 minutes are over. Ask for a new one."
        : error.message}
    </Note>
  );
}
