// The keys of services, for operators and owners; absent for everybody else.

import { useQuery } from "@tanstack/react-query";
import { createServiceKey, ownerOfServices, readServiceKeys } from "../../api/keys.ts";
import { Failed, Loading, Skeleton } from "../../components/states.tsx";
import { useSession } from "../../session.ts";
import { CreateKey } from "./create-key.tsx";
import { KeyTable } from "./key-table.tsx";

export function ServiceKeys() {
  const { api, now } = useSession();
  const keys = useQuery({ queryKey: ownerOfServices.queryKey, queryFn: () => readServiceKeys(api) });
  return (
    <section className="section" aria-labelledby="service-keys">
      <div className="section-head">
        <div>
          <h2 id="service-keys">Keys of services</h2>
          <p>
            For programs that run by themselves. Their calls are nobody's and count for a team. Operators and
            owners see these keys.
          </p>
        </div>
        <CreateKey
          queryKey={ownerOfServices.queryKey}
          label="Create a service key"
          teams={keys.data?.teams ?? []}
          create={({ team, ...key }) => createServiceKey(api, { ...key, team: team ?? null })}
        />
      </div>
      {keys.isPending && <Loading shape={<Skeleton height={80} />} />}
      {keys.error !== null && <Failed error={keys.error} retry={() => void keys.refetch()} />}
      {keys.data !== undefined && (
        <KeyTable list={keys.data} owner={ownerOfServices} caption="Keys of services" now={now()} />
      )}
    </section>
  );
}
