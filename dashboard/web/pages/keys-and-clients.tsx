// Keys and clients: how do I connect, and does it work? The set-up of each client with the lines to copy, the newest call that came,
// then the keys, and for operators those of services.
//
// Always holds: a key's secret comes in one answer, stays in this page's memory and is gone when the page is left.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { PageHead } from "../components/page-head.tsx";
import { Failed, Loading, Note, Skeleton } from "../components/states.tsx";
import { useSession } from "../session.ts";
import { ClientSetup } from "./keys/client-setup.tsx";
import { AccessTokens } from "./keys/access-tokens.tsx";
import { CreateKey } from "./keys/create-key.tsx";
import { KeyTable } from "./keys/key-table.tsx";
import { NewestCall } from "./keys/newest-call.tsx";
import { ServiceKeys } from "./keys/service-keys.tsx";
import { createKey, ownerOfPerson, readKeys } from "../api/keys.ts";
import "../styles/keys.css";

export function KeysAndClients() {
  const { api, me, now } = useSession();
  const [secret, setSecret] = useState<string | null>(null);
  const owner = ownerOfPerson(me.person_id);
  const isOperator = me.role === "operator" || me.role === "owner";
  const keys = useQuery({ queryKey: owner.queryKey, queryFn: () => readKeys(api, me.person_id) });
  const isLive = keys.data?.keys.some(
    ({ hint, revoked_at }) => revoked_at === null && secret?.startsWith(hint),
  );
  const shownSecret = isLive === true ? secret : null;
  return (
    <>
      <PageHead title="Keys and clients" audience="Your keys are visible to you alone." />
      <div className="sheet">
        <section className="section" aria-labelledby="set-up">
          <div className="section-head">
            <div>
              <h2 id="set-up">Point a client here</h2>
              <p>Calls go on to the provider unchanged. Assay counts them on the way, and keeps no text.</p>
            </div>
          </div>
          <div className="stack">
            {shownSecret !== null && (
              <Note kind="notice">
                The lines carry the key that you have just made, until you leave this page.
              </Note>
            )}
            <ClientSetup gatewayUrl={me.gateway_url} secret={shownSecret} />
            <div className="does-it-work">
              <h3>Does it work?</h3>
              <NewestCall />
            </div>
          </div>
        </section>
        <section className="section" aria-labelledby="keys">
          <div className="section-head">
            <h2 id="keys">Your keys</h2>
            <CreateKey
              queryKey={owner.queryKey}
              label="Create a key"
              create={(key) => createKey(api, me.person_id, key)}
              onCreated={setSecret}
            />
          </div>
          {keys.isPending && <Loading shape={<Skeleton height={120} />} />}
          {keys.error !== null && <Failed error={keys.error} retry={() => void keys.refetch()} />}
          {keys.data !== undefined && (
            <KeyTable list={keys.data} owner={owner} caption="Your keys" now={now()} onRotated={setSecret} />
          )}
        </section>
        {isOperator && <ServiceKeys />}
        <AccessTokens />
      </div>
    </>
  );
}
