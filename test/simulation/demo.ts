// `assay demo`: the real Assay on a temporary data directory, with a simulated organisation's history of eight weeks and live
// calls through the real gateway. Nothing is simulated but the people, the services and the provider.
//
// Always holds: when it ends, in whatever way it can still act on, its processes have ended and its directory is gone.

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../../schemas/app-error.ts";
import { defineCommand, EXIT, type CommandIo, type ProcessCommand } from "../../schemas/command.ts";
import { createRandom } from "./random.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";
import { startAssayProcess, type AssayProcess } from "./assay-process.ts";
import { openDoor, type Commands } from "./door.ts";
import { startLiveTraffic, type LiveCaller } from "./live-traffic.ts";
import { createOrganisation, findShowcase, type Organisation } from "./organisation.ts";
import { livePast } from "./past.ts";
import { createProgress } from "./progress.ts";
import { CALENDAR } from "./rates.ts";

const GATEWAY_PORT = 4100;
const DASHBOARD_PORT = 4101;
/** Between the pieces of a streamed answer. */
const STREAM_GAP_MS = 120;
/** Postgres may still be writing its last file when it is told to be gone. */
const REMOVE_TRIES_MAX = 10;
/** Who makes live calls besides the person whom the demo shows. */
const LIVE_PEOPLE = 4;

export const demoCommand = (commands: Commands) =>
  defineCommand<ProcessCommand>({
    kind: "process",
    name: "demo",
    summary: "Show Assay at work on a simulated organisation, until Ctrl-C",
    usage: "[--seed TEXT]",
    options: {
      seed: { type: "string", help: "the same seed makes the same history; a new one each time without" },
    },
    async run({ values }, io) {
      const seed = typeof values["seed"] === "string" ? values["seed"] : randomBytes(4).toString("hex");
      try {
        await demonstrate({ seed, isJson: values["json"] === true, commands }, io);
      } catch (error) {
        // Whatever was broken off by Ctrl-C has failed; that is what was asked for.
        if (!io.signal.aborted) throw error;
      }
      return EXIT.done;
    },
  });

interface Demonstration {
  seed: string;
  isJson: boolean;
  commands: Commands;
}

type Closer = () => Promise<void> | void;

async function demonstrate({ seed, isJson, commands }: Demonstration, io: CommandIo): Promise<void> {
  const progress = createProgress(io.stderr);
  const organisation = createOrganisation({ seed });
  const folder = mkdtempSync(join(tmpdir(), "assay-demo-"));
  const closers: Closer[] = [
    () => rmSync(folder, { recursive: true, force: true, maxRetries: REMOVE_TRIES_MAX }),
  ];
  try {
    const provider = await startReplayProvider({ pace: { gapMs: STREAM_GAP_MS }, isKeeping: false });
    closers.push(() => provider.close());
    const door = await openDoor(folder, commands);
    try {
      await livePast(door, organisation, { progress, now: io.now(), signal: io.signal });
    } finally {
      await door.close();
    }
    progress.step("Starting Assay");
    const assay = await startAssay(folder, provider, io.signal);
    closers.push(() => assay.stop());
    const keys = await createKeys(assay, organisation);
    const traffic = startLiveTraffic({
      gatewayUrl: assay.gatewayUrl,
      callers: keys,
      random: createRandom(`${seed}/live`),
    });
    closers.push(() => traffic.stop());
    const welcome = await createWelcome(assay, { organisation, keys, seed, folder });
    progress.end();
    io.stdout.write(isJson ? `${JSON.stringify(welcome)}\n` : toText(welcome));
    await Promise.race([once(io.signal, "abort"), assay.ended]);
    if (!io.signal.aborted) throw new AppError("unavailable", "Assay ended by itself; the demo is over.");
  } finally {
    if (io.signal.aborted) progress.step("Ending");
    for (const close of closers.toReversed()) await close();
    progress.end();
  }
}

async function startAssay(
  folder: string,
  provider: ReplayProvider,
  signal: AbortSignal,
): Promise<AssayProcess> {
  const upstreams = ["OPENAI", "ANTHROPIC", "GEMINI"].flatMap((name) => [
    [`ASSAY_UPSTREAM_${name}_URL`, provider.url],
    // With the organisation's key set, an Assay key is all that a client needs.
    [`ASSAY_UPSTREAM_${name}_KEY`, "simulated"],
  ]);
  return startAssayProcess({
    dataDir: folder,
    logFile: join(folder, "assay.log"),
    settings: {
      ...Object.fromEntries(upstreams),
      ASSAY_GATEWAY_PORT: await choosePort(GATEWAY_PORT),
      ASSAY_DASHBOARD_PORT: await choosePort(DASHBOARD_PORT),
      ASSAY_METRICS_PORT: "0",
      // Its people are told on the page that they are simulated; there is no policy to wait for.
      ASSAY_INDIVIDUAL_SCORING: "on",
    },
    signal,
  });
}

/** The usual port where it is free, as a setting; else 0, for any. */
async function choosePort(usual: number): Promise<string> {
  const probe = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    probe.once("error", () => resolve(false));
    probe.listen(usual, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
  return isFree ? String(usual) : "0";
}

const createdKeySchema = z.object({ secret: z.string() });

/** The person whom the demo shows has a key for each client; some others, and a service, have one. */
async function createKeys(assay: AssayProcess, organisation: Organisation): Promise<LiveCaller[]> {
  const showcase = findShowcase(organisation);
  const others = organisation.people
    .filter(({ habit }) => habit.name === "regular" || habit.name === "heavy")
    .slice(0, LIVE_PEOPLE);
  const wanted = [
    ...(["claude-code", "codex", "gemini-cli"] as const).map((client) => ({ person: showcase, client })),
    ...others.map((person, index) => ({
      person,
      client: index % 2 === 0 ? ("claude-code" as const) : ("codex" as const),
    })),
  ];
  const keys: LiveCaller[] = [];
  for (const { person, client } of wanted) {
    const argv = ["keys", "create", "--person", person.email, "--name", client];
    keys.push({ client, key: createdKeySchema.parse(await assay.run(argv)).secret });
  }
  const service = ["keys", "create", "--service", "--class", "retrieval", "--name", "help-search"];
  keys.push({ client: "openai-sdk", key: createdKeySchema.parse(await assay.run(service)).secret });
  return keys;
}

interface Welcome {
  seed: string;
  data_dir: string;
  gateway_url: string;
  dashboard_url: string;
  sign_in: { name: string; email: string; why: string; link: string }[];
  /** An Assay key of the first of them. */
  key: string;
}

const linkSchema = z.object({ link: z.url() });

async function createWelcome(
  assay: AssayProcess,
  made: { organisation: Organisation; keys: readonly LiveCaller[]; seed: string; folder: string },
): Promise<Welcome> {
  const { organisation, keys, seed, folder } = made;
  const owner = organisation.people.find(({ role }) => role === "owner");
  const shown = [
    { person: findShowcase(organisation), why: "works with every client" },
    { person: owner, why: "the owner" },
  ];
  const sign_in: Welcome["sign_in"] = [];
  for (const { person, why } of shown) {
    if (!person) continue;
    const { link } = linkSchema.parse(await assay.run(["login-link", person.email]));
    sign_in.push({ name: person.name, email: person.email, why, link });
  }
  return {
    seed,
    data_dir: folder,
    gateway_url: assay.gatewayUrl,
    dashboard_url: assay.dashboardUrl,
    sign_in,
    key: keys[0]?.key ?? "",
  };
}

function toText({ seed, data_dir, gateway_url, dashboard_url, sign_in, key }: Welcome): string {
  const links = sign_in.map(({ name, why, link }) => `    ${name}, ${why}\n      ${link}\n`);
  return `
This is Assay at work on a simulated organisation: its history of ${CALENDAR.weeks} weeks, and live calls through the gateway.
Only the people, the services and the provider are simulated. Seed: ${seed}

  Sign in (each link once, within 15 minutes)
${links.join("")}
  Dashboard  ${dashboard_url}
  Gateway    ${gateway_url}

  Make a call of your own; ${sign_in[0]?.name} sees it within a few seconds
    curl ${gateway_url}/v1/chat/completions -H "authorization: Bearer ${key}" -H "content-type: application/json" -d '{"model":"gpt-5-mini","messages":[{"role":"user","content":"Hello"}]}'

  Any other command, from another terminal
    ASSAY_DATA=${data_dir} npx assay login-link EMAIL

Ctrl-C ends the demo and removes all of it.
`;
}
