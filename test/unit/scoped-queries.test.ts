// Every question that the dashboard asks ClickHouse takes whom it is about as a parameter that only the scope makes, or stands here with
// the reason why not.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { operatorParam, organisationParam, subjectIdParam } from "../../dashboard/server/access/scope.ts";

const FOLDER = join(import.meta.dirname, "../../dashboard/server/queries");
const SCOPES: readonly unknown[] = [subjectIdParam, organisationParam, operatorParam];

const BY_COMMAND = "a command of an operator, with a reason that stands in the audit of whoever is in it";
/** By the names of the questions. */
const OTHERWISE: Readonly<Record<string, string>> = {
  "computed at": "when analytics last ran: of nobody",
  "exported events": BY_COMMAND,
  "exported outcomes": BY_COMMAND,
  "exported runs": BY_COMMAND,
  "exported runs: calls": BY_COMMAND,
  "exported person-weeks": BY_COMMAND,
  "first calls of runs":
    "what a manager accepts of a pattern covers these runs; nothing of it is answered to anybody",
  "kept outcomes": "by ids that are made of a person's own run",
  "last uses": "of keys that the asker's own view of Postgres has let through",
  "outcomes of runs": "an erasure removes them",
};

const questionSchema = z.object({ name: z.string(), params: z.instanceof(z.ZodObject) });

/** Those of a module, by name. */
function questionsOf(module: unknown): z.infer<typeof questionSchema>[] {
  return Object.values(z.looseObject({}).parse(module)).flatMap((exported) => {
    const question = questionSchema.safeParse(exported);
    return question.success ? [question.data] : [];
  });
}

const questions = (
  await Promise.all(readdirSync(FOLDER).map((file) => import(join(FOLDER, file)).then(questionsOf)))
).flat();

function isScoped(params: z.ZodObject): boolean {
  return Object.values(params.shape).some((param) => SCOPES.includes(param));
}

test("a question is about whom the scope let through, or gives the reason why not", () => {
  const unscoped = questions.filter(({ params }) => !isScoped(params)).map(({ name }) => name);
  expect(unscoped.toSorted()).toEqual(Object.keys(OTHERWISE).toSorted());
  expect(questions.length).toBeGreaterThan(30);
});

test("a question that takes anybody's id is found", () => {
  expect(isScoped(z.object({ person_id: z.uuid(), from: z.iso.date() }))).toBe(false);
  expect(isScoped(z.object({ person_id: subjectIdParam }))).toBe(true);
});
