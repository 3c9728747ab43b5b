// The list of people that an operator imports: CSV with a header row of email, name, team, manager_email and role, in any
// order. An empty team or manager means none, an empty role means `self`. All faults are told together, each with its line.

import { CsvError, parse } from "csv-parse/sync";
import { z } from "zod";
import { AppError } from "../../../schemas/app-error.ts";
import { ROLES, type Role } from "../../../schemas/closed-lists.ts";

const COLUMNS = ["email", "name", "team", "manager_email", "role"] as const;
const TEXT_CHARS_MAX = 200;
const FAULTS_SHOWN_MAX = 20;

export interface PersonLine {
  /** In the file, from 1, the header included. */
  line: number;
  email: string;
  name: string;
  team: string | null;
  managerEmail: string | null;
  role: Role;
}

/** What is wrong with one line: a sentence that goes on after "Line 4: ". */
export interface LineFault {
  line: number;
  sentence: string;
}

/** @throws AppError `bad_request`, one line a fault */
export function parsePeopleFile(text: string): PersonLine[] {
  const [header, ...records] = parseCsv(text);
  const places = COLUMNS.map((column) => header?.record.indexOf(column) ?? -1);
  if (header === undefined || header.record.length !== COLUMNS.length || places.includes(-1)) {
    const sentence = `the header must be ${COLUMNS.join(",")}.`;
    throw new AppError("bad_request", `Line ${header?.line ?? 1}: ${sentence}`);
  }
  const lines: PersonLine[] = [];
  const faults: LineFault[] = [];
  const lineOf = new Map<string, number>();
  for (const { record, line } of records) {
    const fields = COLUMNS.map((column, index) => [column, record[places[index] ?? -1] ?? ""]);
    const parsed = personSchema.safeParse(Object.fromEntries(fields));
    const email = parsed.data?.email ?? "";
    const earlier = lineOf.get(email);
    if (!parsed.success) faults.push(...parsed.error.issues.map((issue) => toFault(line, issue)));
    else if (earlier !== undefined)
      faults.push({ line, sentence: `${email} stands in line ${earlier} already. Keep one of them.` });
    else lines.push({ line, ...parsed.data });
    if (parsed.success) lineOf.set(email, earlier ?? line);
  }
  refuseFaults(faults);
  return lines;
}

/** @throws AppError `bad_request` when there is a fault: every one in order of its line, up to a bound */
export function refuseFaults(faults: readonly LineFault[]): void {
  if (faults.length === 0) return;
  const shown = faults
    .toSorted((left, right) => left.line - right.line)
    .slice(0, FAULTS_SHOWN_MAX)
    .map(({ line, sentence }) => `Line ${line}: ${sentence}`);
  if (faults.length > shown.length) shown.push(`And ${faults.length - shown.length} more.`);
  throw new AppError("bad_request", shown.join("\n"));
}

/** What the parser makes of a line when it is asked where it was. */
const csvLinesSchema = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.int() }) }));

function parseCsv(text: string): { record: string[]; line: number }[] {
  try {
    const parsed: unknown = parse(text, { bom: true, info: true, trim: true, skip_empty_lines: true });
    return csvLinesSchema.parse(parsed).map(({ record, info }) => ({ record, line: info.lines }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const place = typeof error["lines"] === "number" ? `Line ${error["lines"]}: ` : "";
    throw new AppError("bad_request", `${place}this is not CSV. ${error.message}.`, { cause: error });
  }
}

/** Printable ASCII around one @. Addresses are compared in lower case, which is certain for these letters alone. */
const ADDRESS = /^[!-?A-~]+@[!-?A-~]+$/;
const address = z
  .string()
  .max(TEXT_CHARS_MAX)
  .regex(ADDRESS, "an address such as you@example.com")
  .transform((email) => email.toLowerCase());
const none = z.literal("").transform(() => null);

const personSchema = z
  .object({
    email: address,
    name: z.string().min(1, "a name").max(TEXT_CHARS_MAX),
    team: none.or(z.string().max(TEXT_CHARS_MAX)),
    manager_email: none.or(address),
    role: z
      .literal("")
      .transform(() => "self" as const)
      .or(z.enum(ROLES)),
  })
  .transform(({ manager_email: managerEmail, ...person }) => ({ ...person, managerEmail }));

const EXPECTED: Readonly<Record<string, string>> = {
  email: "an address such as you@example.com",
  name: `a name of at most ${TEXT_CHARS_MAX} characters`,
  team: `at most ${TEXT_CHARS_MAX} characters`,
  manager_email: "nothing, or an address such as you@example.com",
  role: `nothing, or one of ${ROLES.join(", ")}`,
};

function toFault(line: number, issue: z.core.$ZodIssue): LineFault {
  const column = String(issue.path[0]);
  return { line, sentence: `${column} is not right. Expected: ${EXPECTED[column]}.` };
}
