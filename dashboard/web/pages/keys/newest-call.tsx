// Does it work? The newest call of the person, looked for again and again while the page is open.

import { useQuery } from "@tanstack/react-query";
import { readNewestCall } from "../../api/keys.ts";
import { Icon } from "../../components/icon.tsx";
import { Failed } from "../../components/states.tsx";
import { explainNewestCall } from "../../prepare/newest-call.ts";
import { useSession } from "../../session.ts";

const POLL_MS = 3000;

export function NewestCall() {
  const { api, me, now } = useSession();
  const newest = useQuery({
    queryKey: ["newest-call", me.person_id],
    queryFn: () => readNewestCall(api, me.person_id),
    refetchInterval: POLL_MS,
  });
  if (newest.data === undefined)
    return newest.error === null ? (
      <p className="newest-call notes">Looking for your newest call.</p>
    ) : (
      <Failed error={newest.error} retry={() => void newest.refetch()} />
    );
  const { state, sentence } = explainNewestCall(newest.data, now());
  return (
    <div className="newest-call" data-state={state} role="status">
      <Icon name={state === "arrived" ? "done" : "operator"} />
      <p>{sentence}</p>
    </div>
  );
}
