// What the list of runs is narrowed to. Each choice is an address; the values to choose from come from the person's own runs.

import { useQuery } from "@tanstack/react-query";
import type { SyntheticEvent } from "react";
import { readRunFilters } from "../../api/runs.ts";
import { Link, navigate } from "../../location.tsx";
import {
  changeRunsView,
  hasFilters,
  runsAddress,
  type RunFilterName,
  type RunsView,
} from "../../prepare/runs-view.ts";
import { nameClass, nameClient } from "../../prepare/slices.ts";
import { nameRepository } from "../../prepare/run-outcomes.ts";
import { explainReason } from "../../prepare/uncredited-reasons.ts";
import { UNDECLARED, type RunFilterValues } from "../../../../schemas/runs-api.ts";
import { useSession } from "../../session.ts";

const TAG_CHARS_MAX = 256;

const NO_VALUES: RunFilterValues = {
  clients: [],
  models: [],
  classes: [],
  repositories: [],
  tags: [],
  reasons: [],
};

export function RunFilters({ view }: { view: RunsView }) {
  const { api, me } = useSession();
  const { data: values = NO_VALUES } = useQuery({
    queryKey: ["run filters", me.person_id],
    queryFn: () => readRunFilters(api, me.person_id),
  });
  const choose = (name: RunFilterName, value: string) =>
    navigate(runsAddress(changeRunsView(view, { filter: [name, value] })));
  const chooser = (name: RunFilterName, label: string, options: readonly Option[]) => (
    <Chooser
      key={name}
      label={label}
      value={view.filters[name] ?? ""}
      options={options}
      onChoose={(value) => choose(name, value)}
    />
  );
  return (
    <div className="run-filters" role="search" aria-label="Filter of your runs" data-filter>
      {chooser("client", "Client", toOptions(values.clients, nameClient))}
      {chooser("model", "Model", toOptions(values.models))}
      {chooser(
        "class",
        "Class",
        toOptions(values.classes, (name) => nameClass(name === UNDECLARED ? null : name)),
      )}
      {chooser("repository", "Repository", toOptions(values.repositories, nameRepository))}
      {chooser(
        "reason",
        "Not credited",
        values.reasons.map((reason) => ({ value: reason, label: explainReason(reason).title })),
      )}
      <TagFilter
        key={view.filters.tag ?? ""}
        value={view.filters.tag ?? ""}
        tags={values.tags}
        onChoose={(value) => choose("tag", value)}
      />
      {hasFilters(view) && (
        <Link href={runsAddress({ ...view, filters: {}, older: null, newer: null })}>Clear the filter</Link>
      )}
    </div>
  );
}

interface Option {
  value: string;
  label: string;
}

function toOptions(values: readonly string[], nameOf: (value: string) => string = (value) => value) {
  return values.filter((value) => value !== "").map((value) => ({ value, label: nameOf(value) }));
}

interface ChooserProps {
  label: string;
  value: string;
  options: readonly Option[];
  onChoose: (value: string) => void;
}

/** A value of the address that is no longer among the choices is one all the same. */
function Chooser({ label, value, options, onChoose }: ChooserProps) {
  const isKnown = value === "" || options.some((option) => option.value === value);
  return (
    <label className="run-filter" data-set={value !== ""}>
      <span className="labels">{label}</span>
      <select value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">Any</option>
        {!isKnown && <option value={value}>{value}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}

interface TagFilterProps {
  value: string;
  tags: readonly string[];
  onChoose: (value: string) => void;
}

function TagFilter({ value, tags, onChoose }: TagFilterProps) {
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const said = new FormData(event.currentTarget).get("tag");
    onChoose(typeof said === "string" ? said.trim() : "");
  };
  return (
    <form onSubmit={submit}>
      <label className="run-filter" data-set={value !== ""}>
        <span className="labels">Tag</span>
        <input
          name="tag"
          type="text"
          list="run-tags"
          defaultValue={value}
          maxLength={TAG_CHARS_MAX}
          placeholder="Any"
          autoComplete="off"
        />
      </label>
      <datalist id="run-tags">
        {tags.map((tag) => (
          <option key={tag} value={tag} />
        ))}
      </datalist>
    </form>
  );
}
