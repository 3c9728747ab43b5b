// `assay people import`: takes in a list of people, as a whole or not at all.

import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { AppError } from "../../schemas/app-error.ts";
import {
  defineCommand,
  EXIT,
  refuseUsage,
  type CommandIo,
  type StoreCommand,
} from "../../schemas/command.ts";
import { isSystemError } from "../../schemas/data-directory.ts";
import { writeIdentitySnapshot } from "../server/people/identity-snapshot.ts";
import { parsePeopleFile } from "../server/people/people-file.ts";
import { importPeople } from "../server/people/people.ts";

/** Room for more than 100,000 people. */
const FILE_BYTES_MAX = 20 * 1024 * 1024;

export const peopleImportCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "people import",
  summary: "Create and update people from a CSV file of email,name,team,manager_email,role",
  usage: "FILE.csv",
  options: {},
  async run({ positionals, values }, io, { postgres }, { dataDir }) {
    const [file] = positionals;
    if (file === undefined || positionals.length > 1)
      return refuseUsage(io, "Say which file: npx assay people import FILE.csv. - means standard input.");
    const lines = parsePeopleFile(await readList(file, io));
    const summary = await importPeople(postgres, lines, io.now());
    // A person's team stands in the snapshot.
    await writeIdentitySnapshot({ postgres, dataDir, now: io.now });
    io.stderr.write(`${summary.created} people were added and ${summary.updated} updated.\n`);
    if (values["json"] === true) io.stdout.write(`${JSON.stringify(summary)}\n`);
    return EXIT.done;
  },
});

async function readList(file: string, { stdin, cwd }: CommandIo): Promise<string> {
  const path = resolve(cwd, file);
  try {
    return await text(file === "-" ? bound(stdin) : bound(createReadStream(path)));
  } catch (error) {
    if (!isSystemError(error) || error instanceof AppError) throw error;
    throw new AppError("bad_request", `${path} can't be read (${error.code}). Check its name.`, {
      cause: error,
    });
  }
}

async function* bound(source: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer | string> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += Buffer.byteLength(chunk);
    if (bytes > FILE_BYTES_MAX)
      throw new AppError("too_large", `The list is larger than ${FILE_BYTES_MAX} bytes. Split it.`);
    yield chunk;
  }
}
