// After a change of what is said of a run: the new answer is kept, or asked for again.

import { useQueryClient } from "@tanstack/react-query";
import type { RunValue } from "../../../../schemas/run-value-api.ts";
import { useSession } from "../../session.ts";

export function useKeepValue(runId: string): (value: RunValue) => void {
  const { me } = useSession();
  const queryClient = useQueryClient();
  return (value) => void queryClient.setQueryData(["run value", me.person_id, runId], value);
}

/** Puts in what was recorded, because the store has it only seconds later. */
export function useExpectValue(runId: string): (change: (value: RunValue) => RunValue) => void {
  const { me } = useSession();
  const queryClient = useQueryClient();
  return (change) =>
    void queryClient.setQueryData<RunValue>(
      ["run value", me.person_id, runId],
      (value) => value && change(value),
    );
}
