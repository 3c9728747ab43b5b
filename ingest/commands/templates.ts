// `assay templates add | list | remove`: texts that the organisation itself hands out, and that are no replay when people send them. It counts
// from the next pass of analytics on, which is a matter of a minute.
//
// The commands are here, and not beside those that people are managed with, because what a text is compared by is made here.

import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { AppError, errorMessage } from "../../schemas/app-error.ts";
import {
  defineCommand,
  EXIT,
  refuseUsage,
  type CommandIo,
  type StoreCommand,
} from "../../schemas/command.ts";
import {
  addTemplate,
  listTemplates,
  removeTemplate,
  TEMPLATE_BYTES_MAX,
} from "../../schemas/postgres/templates.ts";
import { WORDS_MIN } from "../gateway/features/minhash.ts";
import { isSketchable } from "../gateway/features/template-sketch.ts";

const NAME_CHARS_MAX = 80;
const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(NAME_CHARS_MAX)
  .regex(/^\P{Cc}*$/u);

export const templatesAddCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "templates add",
  summary:
    "Allow a text that you hand out: prompts alike to it are no replay; a timer is seen all the same, and credit is as it was",
  usage: "--name N FILE   (FILE: the text as people send it, - for stdin)",
  options: { name: { type: "string", help: "what it is called in lists" } },
  async run({ positionals, values }, io, { postgres }) {
    const [file, ...more] = positionals;
    const name = nameSchema.safeParse(values["name"]);
    if (!name.success) return refuseUsage(io, `--name takes 1 to ${NAME_CHARS_MAX} characters, on one line.`);
    if (file === undefined || more.length > 0)
      return refuseUsage(
        io,
        "Name one file with the text, or - for stdin: npx assay templates add --name N FILE",
      );
    const body = await readText(file, io);
    await addTemplate(postgres, { name: name.data, body }, io.now());
    io.stderr.write(
      `Template "${name.data}" is allowed. Prompts that are alike to it are no replay from the next pass on.\n`,
    );
    if (values["json"] === true) io.stdout.write(`${JSON.stringify({ name: name.data })}\n`);
    return EXIT.done;
  },
});

export const templatesListCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "templates list",
  summary: "List the templates that are allowed; with --json also their texts",
  usage: "",
  options: {},
  async run({ values }, io, { postgres }) {
    const listed = await listTemplates(postgres.db);
    const templates = listed.map(({ name, body, createdAt }) => ({
      name,
      created_at: createdAt.toISOString(),
      text: body,
    }));
    if (values["json"] === true) io.stdout.write(`${JSON.stringify({ templates })}\n`);
    else if (templates.length === 0)
      io.stderr.write("There are no templates. To allow one: npx assay templates add --name N FILE\n");
    else
      for (const { name, created_at, text } of templates)
        io.stdout.write(`${name}  since ${created_at.slice(0, 10)}  ${text.length} characters\n`);
    return EXIT.done;
  },
});

export const templatesRemoveCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "templates remove",
  summary: "Take a template off the list; its text is deleted",
  usage: "NAME",
  options: {},
  async run({ positionals, values }, io, { postgres }) {
    const [name, ...more] = positionals;
    if (name === undefined || more.length > 0)
      return refuseUsage(
        io,
        "Say which template, by its name: npx assay templates remove NAME. Names: npx assay templates list",
      );
    await removeTemplate(postgres, name, io.now());
    io.stderr.write(`Template "${name}" is removed. Prompts that are alike to it can be replay again.\n`);
    if (values["json"] === true) io.stdout.write(`${JSON.stringify({ name })}\n`);
    return EXIT.done;
  },
});

/** @throws AppError for what can't be read, is no text, or is too long or too short to be compared with prompts */
async function readText(file: string, { stdin, cwd }: CommandIo): Promise<string> {
  const bytes = await readBytes(file === "-" ? stdin : createReadStream(resolve(cwd, file)));
  if (!isUtf8(bytes) || bytes.includes(0))
    throw new AppError("bad_request", "A template is a text in UTF-8; this is something else.");
  const text = bytes.toString();
  if (isSketchable(text)) return text;
  throw new AppError(
    "bad_request",
    `A template needs ${WORDS_MIN} words at least: by fewer no prompt can be told to be alike to it.`,
  );
}

async function readBytes(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of source) {
      chunks.push(Buffer.from(chunk));
      length += chunk.length;
      if (length > TEMPLATE_BYTES_MAX) break;
    }
  } catch (error) {
    throw new AppError("not_found", `The text can't be read: ${errorMessage(error)}`, { cause: error });
  }
  if (length <= TEMPLATE_BYTES_MAX) return Buffer.concat(chunks);
  throw new AppError("too_large", `A template has ${TEMPLATE_BYTES_MAX} bytes at most; this one has more.`);
}
