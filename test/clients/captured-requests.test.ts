// Captured requests of real clients say what the table beside this file says, each of them.

import { describe, expect, test } from "vitest";
import { Refusal } from "../../ingest/gateway/refusal.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import {
  capturesAvailable,
  readCaptures,
  readExpectations,
  type Capture,
  type ExpectedRow,
} from "./captures.ts";
import { draftOf } from "./draft.ts";

const REQUESTS = 339;
const expectations = readExpectations();

describe.skipIf(!capturesAvailable)("captured requests", () => {
  const captures = capturesAvailable ? readCaptures() : [];

  test(`are ${REQUESTS}, and the table tells of each once`, () => {
    const told = expectations.flatMap(({ capture, calls }) => calls.map((n) => `${capture} ${n}`));
    expect(told).toHaveLength(REQUESTS);
    expect(told.toSorted()).toEqual(captures.map(({ name, n }) => `${name} ${n}`).toSorted());
  });

  test.each(expectations)("$capture, $calls: $client, $kind", (expected) => {
    const ours = captures.filter(({ name, n }) => name === expected.capture && expected.calls.includes(n));
    expect(ours.map((capture) => summarise(capture, expected))).toEqual(ours.map(() => summaryOf(expected)));
    // Ids are given by their ends; the calls of one row have the same ones whole.
    expect(new Set(ours.map(idsOf)).size).toBe(1);
  });
});

test("the table tells of sessions, sub-agents, turns and runs, so that it can fail", () => {
  const told = expectations.filter(({ ids }) => ids.agent !== "" || ids.turn !== "" || ids.run !== "");
  expect(told.length).toBeGreaterThan(50);
});

interface Summary {
  client: string;
  kind: string;
  ids: ExpectedRow["ids"];
  tags: string[];
}

function summaryOf({ client, kind, ids, tags }: ExpectedRow): Summary {
  return { client, kind, ids, tags };
}

/** What the event of a request says, each id as the table writes it where it stands in the capture. */
function summarise(capture: Capture, { ids }: ExpectedRow): Summary {
  const event = tryDraft(capture);
  if (!event) return { client: "refused", kind: "", ids: mapIds(ids, () => ""), tags: [] };
  const said = saidBy(event);
  return {
    client: event.client,
    kind: event.request_kind,
    ids: mapIds(ids, (name) => shorten(capture, said[name], ids[name])),
    tags: Object.keys(event.tags),
  };
}

function saidBy(event: TokenEvent): Record<keyof ExpectedRow["ids"], string | null> {
  const isNamed = (event.client_run_id === null) === (event.run_id_source === null);
  return {
    session: event.session_id,
    turn: event.turn_id,
    agent: event.agent_id,
    parentAgent: event.parent_agent_id,
    parentSession: event.parent_session_id,
    run: isNamed ? event.client_run_id : "without a source",
  };
}

function mapIds(
  ids: ExpectedRow["ids"],
  map: (name: keyof ExpectedRow["ids"]) => string,
): ExpectedRow["ids"] {
  return {
    session: map("session"),
    turn: map("turn"),
    agent: map("agent"),
    parentAgent: map("parentAgent"),
    parentSession: map("parentSession"),
    run: map("run"),
  };
}

function shorten(capture: Capture, id: string | null, expected: string): string {
  if (id === null) return "";
  const isWhole = capture.text.includes(id) && id.length > expected.length;
  return expected.startsWith("…") && isWhole && id.endsWith(expected.slice(1)) ? expected : id;
}

function idsOf(capture: Capture): string {
  const event = tryDraft(capture);
  return JSON.stringify(event && saidBy(event));
}

function tryDraft({ request }: Capture): TokenEvent | undefined {
  try {
    return draftOf(request);
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return undefined;
    throw error;
  }
}
