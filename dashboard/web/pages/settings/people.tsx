// People: who there is, by name, and what can be changed of each. A list to look after, and not to compare by.

import { useInfiniteQuery } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import type { PeoplePage, Settings } from "../../../../schemas/settings-api.ts";
import { type AnyChange, readPeople } from "../../api/settings.ts";
import { Failed, Loading, Skeleton } from "../../components/states.tsx";
import { navigate, PATHS, useAddress } from "../../location.tsx";
import { parseSettingsView, ROLE_NAMES, toSettingsSearch } from "../../prepare/settings-view.ts";
import { useSession } from "../../session.ts";
import { ConfirmChange } from "./confirm-change.tsx";
import { readText } from "./form-values.ts";
import { type EditedPerson, PersonDialog } from "./person-dialog.tsx";

const NOBODY: EditedPerson = {
  person_id: null,
  version: 0,
  manager: null,
  state: { email: "", name: "", team_id: null, manager_id: null, role: "self" },
};

export function People({ settings }: { settings: Settings }) {
  const { api } = useSession();
  const { filter } = parseSettingsView(useAddress().search, true);
  const people = useInfiniteQuery({
    queryKey: ["settings", "people", filter],
    queryFn: ({ pageParam: cursor }) => readPeople(api, { filter, cursor }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
  });
  const [edited, setEdited] = useState<EditedPerson | null>(null);
  const [chosen, setChosen] = useState<{ change: AnyChange; version: number } | null>(null);
  const rows = people.data?.pages.flatMap((page) => page.people) ?? [];
  return (
    <>
      <div className="settings-controls">
        <PeopleFilter filter={filter} />
        <button type="button" className="button" data-kind="action" onClick={() => setEdited(NOBODY)}>
          Add a person
        </button>
      </div>
      <p className="notes">
        Many at once: <code>npx assay people import FILE.csv</code>
      </p>
      {people.isPending && <Loading shape={<Skeleton height={320} />} />}
      {people.error !== null && <Failed error={people.error} retry={() => void people.refetch()} />}
      {people.data !== undefined && rows.length === 0 && <p>Nothing matches. Clear the filter.</p>}
      {rows.length > 0 && <PeopleTable people={rows} onEdit={setEdited} />}
      {people.hasNextPage && (
        <button type="button" className="button more" onClick={() => void people.fetchNextPage()}>
          Show more
        </button>
      )}
      <PersonDialog
        person={edited}
        teams={settings.teams}
        onClose={() => setEdited(null)}
        onChosen={(state) => {
          if (edited === null) return;
          const { person_id, version } = edited;
          setChosen({ change: { subject: "person", person_id, state }, version });
          setEdited(null);
        }}
      />
      <ConfirmChange
        title="Change people"
        change={chosen?.change ?? null}
        seenVersion={chosen?.version ?? 0}
        onClose={() => setChosen(null)}
      />
    </>
  );
}

function applyFilter(event: SyntheticEvent<HTMLFormElement>): void {
  event.preventDefault();
  const filter = readText(event.currentTarget, "filter");
  navigate(`${PATHS.settings}${toSettingsSearch({ subject: "people", filter })}`);
}

function PeopleFilter({ filter }: { filter: string }) {
  return (
    <form className="settings-controls" role="search" onSubmit={applyFilter}>
      <input
        key={filter}
        data-filter
        name="filter"
        type="text"
        aria-label="Part of a name or an address"
        placeholder="Name or address"
        defaultValue={filter}
        autoComplete="off"
      />
      <button type="submit" className="button">
        Filter
      </button>
    </form>
  );
}

interface PeopleTableProps {
  people: PeoplePage["people"];
  onEdit: (person: EditedPerson) => void;
}

function PeopleTable({ people, onEdit }: PeopleTableProps) {
  return (
    <table>
      <caption className="visually-hidden">People, by name</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col" className="wide">
            Team
          </th>
          <th scope="col" className="wide">
            Manager
          </th>
          <th scope="col" className="wide">
            Role
          </th>
          <th scope="col">
            <span className="visually-hidden">Change</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {people.map((person) => (
          <tr key={person.person_id}>
            <th scope="row" className="slice-name">
              {person.state.name}
              <div className="labels">{person.state.email}</div>
            </th>
            <td className="wide">{person.team ?? "–"}</td>
            <td className="wide">{person.manager ?? "–"}</td>
            <td className="wide">{person.state.role === "self" ? "–" : ROLE_NAMES[person.state.role]}</td>
            <td className="right">
              <button
                type="button"
                className="button"
                aria-label={`Change ${person.state.name}`}
                onClick={() => onEdit(person)}
              >
                Change
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
