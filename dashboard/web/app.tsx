// Which page is drawn: the sign-in page for its own address, any other for the person who is signed in.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Suspense, useEffect } from "react";
import { type Api, isSignedOut } from "./api/client.ts";
import { readMe } from "./api/session.ts";
import { Frame } from "./components/frame.tsx";
import { PageBoundary, useOutdated } from "./components/page-boundary.tsx";
import { Shortcuts } from "./components/shortcuts.tsx";
import { Failed, Loading, Skeleton } from "./components/states.tsx";
import { Link, navigate, PATHS, useAddress } from "./location.tsx";
import { SignIn } from "./pages/sign-in.tsx";
import { toSignInAddress } from "./prepare/return-path.ts";
import { findPage } from "./pages.ts";
import { SessionContext, useSession } from "./session.ts";

interface AppProps {
  api: Api;
  now: () => Date;
}

export function App({ api, now }: AppProps) {
  const { pathname } = useAddress();
  if (pathname === PATHS.signIn) return <SignIn api={api} />;
  return <SignedIn api={api} now={now} path={pathname === "/" ? PATHS.usage : pathname} />;
}

function SignedIn({ api, now, path }: AppProps & { path: string }) {
  const me = useQuery({ queryKey: ["me"], queryFn: () => readMe(api) });
  useLeaveWhenSignedOut();
  if (me.data === undefined) {
    return (
      <div className="app">
        <div className="rail" />
        <main id="main">
          {me.error === null || isSignedOut(me.error) ? (
            <Loading shape={<Skeleton height={320} />} />
          ) : (
            <Failed error={me.error} retry={() => void me.refetch()} />
          )}
        </main>
      </div>
    );
  }
  return (
    <SessionContext value={{ api, me: me.data, now }}>
      <Frame path={path}>
        <Page path={path} />
      </Frame>
      <Shortcuts />
    </SessionContext>
  );
}

function Page({ path }: { path: string }) {
  const { me } = useSession();
  const isOutdated = useOutdated();
  const found = findPage(path, me);
  if (found !== undefined) {
    const { page, id } = found;
    return (
      <PageBoundary key={path} isOutdated={isOutdated}>
        <Suspense fallback={<Loading shape={<Skeleton height={320} />} />}>
          <page.View key={id} id={id} />
        </Suspense>
      </PageBoundary>
    );
  }
  return (
    <div className="stack">
      <h1>There is no page here</h1>
      <p>
        The address may be mistyped, or the page is not for you. Go to{" "}
        <Link href={PATHS.usage}>My usage</Link>.
      </p>
    </div>
  );
}

/** Whichever request finds out first that the session is over leads to the sign-in page, and takes the figures away. */
function useLeaveWhenSignedOut(): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    const leave = (error: unknown) => {
      // Other requests under way fail in the same way, after the first has led to the sign-in page.
      if (!isSignedOut(error) || window.location.pathname === PATHS.signIn) return;
      const hadSession = queryClient.getQueryData(["me"]) !== undefined;
      const wanted = window.location.pathname + window.location.search;
      navigate(toSignInAddress(wanted, { hasEnded: hadSession }), { replace: true });
      queryClient.clear();
    };
    const stops = [
      queryClient.getQueryCache().subscribe(({ query }) => leave(query.state.error)),
      queryClient.getMutationCache().subscribe(({ mutation }) => leave(mutation?.state.error)),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [queryClient]);
}
