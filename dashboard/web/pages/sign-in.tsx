// Signs in with the token of a one-time link, `/sign-in#TOKEN`. A fragment is never sent to a server and stands in no log.
//
// Always holds: the token leaves the address before it is used, so that it is neither in the history nor used twice.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { AppError } from "../../../schemas/app-error.ts";
import { isSignedOut, type Api } from "../api/client.ts";
import { signIn } from "../api/session.ts";
import { CopyBlock } from "../components/copy-block.tsx";
import { Mark } from "../components/icon.tsx";
import { Failed, Note } from "../components/states.tsx";
import { navigate, PATHS, useAddress } from "../location.tsx";

const LINK_COMMAND = "npx assay login-link you@example.com";

export function SignIn({ api }: { api: Api }) {
  const queryClient = useQueryClient();
  const address = useAddress();
  const { mutate, ...entry } = useMutation({
    mutationFn: (token: string) => signIn(api, token),
    onSuccess: () => {
      queryClient.clear();
      navigate(PATHS.usage, { replace: true });
    },
  });
  const fragment = address.hash.slice(1);
  useEffect(() => {
    document.title = "Sign in · Assay";
    if (fragment === "") return;
    navigate(PATHS.signIn, { replace: true });
    mutate(fragment);
  }, [fragment, mutate]);
  return (
    <main className="sign-in" id="main">
      <div className="brand">
        <Mark /> Assay
      </div>
      <div className="sheet stack">
        <h1>Sign in</h1>
        {entry.isPending || entry.isSuccess ? (
          <p role="status">Signing you in.</p>
        ) : (
          <>
            {address.searchParams.has("ended") && (
              <Note kind="notice">Your session has ended. Nothing is lost.</Note>
            )}
            {entry.error !== null && (
              <SignInFailure error={entry.error} retry={() => mutate(entry.variables ?? "")} />
            )}
            <p>You sign in with a one-time link. The person who runs Assay makes one for you with:</p>
            <CopyBlock label="Make a sign-in link" lines={LINK_COMMAND} />
            <p className="notes">A link works once, for 15 minutes.</p>
          </>
        )}
      </div>
    </main>
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
