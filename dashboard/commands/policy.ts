// `assay policy show | publish`: what people are told of individual scoring, and from when on it begins.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { AppError, errorMessage } from "../../schemas/app-error.ts";
import {
  defineCommand,
  EXIT,
  type CommandIo,
  type StoreCommand,
  type Stores,
} from "../../schemas/command.ts";
import type { Config } from "../../schemas/config.ts";
import { toPolicyText } from "../../schemas/policy-text.ts";
import { publishPolicy } from "../../schemas/postgres/policies.ts";
import { POLICY_CHARS_MAX } from "../../schemas/pattern-api.ts";
import { readPolicyState } from "../server/policy/policy.ts";

export const policyShowCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "policy show",
  summary: "Show the policy that tells people of individual scoring, or the one that Assay proposes",
  usage: "",
  options: {},
  run: ({ values }, io, stores, config) => show(io, { stores, config, isJson: values["json"] === true }),
});

export const policyPublishCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "policy publish",
  summary: "Publish the policy; individuals are scored from the week that begins then",
  usage: "[--file FILE]",
  options: { file: { type: "string", help: "your own text, - for stdin; without it the proposed one" } },
  async run({ values }, io, stores, config) {
    const { file } = values;
    const body = typeof file === "string" ? await readText(file, io) : toPolicyText(config);
    const policy = { body, methodVersion: config.method.version, actorId: null };
    await publishPolicy(stores.postgres, policy, io.now());
    return show(io, { stores, config, isJson: values["json"] === true });
  },
});

async function show(
  { stdout, stderr }: CommandIo,
  { stores, config, isJson }: { stores: Stores; config: Config; isJson: boolean },
) {
  const state = await readPolicyState(stores.postgres, config);
  if (isJson) {
    stdout.write(`${JSON.stringify(state)}\n`);
    return EXIT.done;
  }
  const { current, individual_scoring: scoring, scored_from: from } = state;
  stderr.write(
    current === null
      ? "No policy has been published. This is what Assay proposes; publish it with: npx assay policy publish\n"
      : `Version ${current.version}, published at ${current.published_at}.\n`,
  );
  stderr.write(`${toSentence(scoring, from)}\n`);
  stdout.write(current?.text ?? state.proposed_text);
  return EXIT.done;
}

function toSentence(scoring: Config["individualScoring"], from: string | null): string {
  if (scoring !== "policy")
    return `Individuals are ${scoring === "on" ? "" : "not "}scored: ASSAY_INDIVIDUAL_SCORING is ${scoring}.`;
  return from === null
    ? "Individuals are scored from the week after its publication on."
    : `Individuals are scored from ${from} on.`;
}

async function readText(file: string, { stdin, cwd }: CommandIo): Promise<string> {
  const body = (file === "-" ? await text(stdin) : readFile(resolve(cwd, file))).trim();
  if (body !== "" && body.length <= POLICY_CHARS_MAX) return `${body}\n`;
  throw new AppError(
    "bad_request",
    `The policy has ${body.length} characters. It needs 1 to ${POLICY_CHARS_MAX}.`,
  );
}

function readFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new AppError("not_found", `${path} can't be read: ${errorMessage(error)}`, { cause: error });
  }
}
