// Every command of the `assay` program. A line of it is all that `assay --help` needs; the code is loaded when a command is
// asked for, so that a gateway process does not hold the dashboard's.

import type { RunInvocation } from "./control.ts";
import type { Command } from "./schemas/command.ts";

export interface CommandEntry {
  /** One line, the same as the command's own. */
  summary: string;
  /** A process that other commands start; not for people. */
  isInternal?: boolean;
  load: () => Promise<Command>;
}

/** By name. `run` carries out the commands that other terminals hand over to the service. */
export function listCommands(run: RunInvocation): ReadonlyMap<string, CommandEntry> {
  return new Map(Object.entries<CommandEntry>({ ...PROCESSES, ...demo(run), ...internal(run), ...TOOLS }));
}

const PROCESSES = {
  start: {
    summary: "Run everything: gateway, sink, analytics and dashboard",
    load: async () => (await import("./start.ts")).startCommand,
  },
  gateway: {
    summary: "Run a gateway alone",
    load: async () => (await import("./gateway.ts")).gatewayCommand,
  },
  sink: {
    summary: "Run a sink alone: it takes what gateways recorded into ClickHouse",
    load: async () => (await import("./ingest/commands/sink.ts")).sinkCommand,
  },
  dashboard: {
    summary: "Run the dashboard alone",
    load: async () => (await import("./dashboard.ts")).dashboardCommand,
  },
  analyze: {
    summary: "Bring runs, days and weeks up to date with the calls that were recorded",
    load: async () => {
      const { openTextSketcher } = await import("./ingest/gateway/features/template-sketch.ts");
      return (await import("./analytics/commands/analyze.ts")).analyzeCommand(openTextSketcher);
    },
  },
};

/** Makes its organisation's past by the other commands. */
function demo(run: RunInvocation) {
  return {
    demo: {
      summary: "Show Assay at work on a simulated organisation, until Ctrl-C",
      load: async () => (await import("./test/simulation/demo.ts")).demoCommand(listCommands(run)),
    },
  };
}

function internal(run: RunInvocation) {
  return {
    service: {
      summary: "Run sink, analytics and dashboard; a part of start",
      isInternal: true,
      load: async () => (await import("./service.ts")).serviceCommand(run),
    },
    shipper: {
      summary: "Take the spool of this machine to Kafka; a part of start",
      isInternal: true,
      load: async () => (await import("./ingest/commands/shipper.ts")).shipperCommand,
    },
    "gateway-worker": {
      summary: "Forward and record calls; a part of gateway and of start",
      isInternal: true,
      load: async () => (await import("./ingest/commands/gateway-worker.ts")).gatewayWorkerCommand,
    },
  };
}

const TOOLS = {
  migrate: {
    summary: "Bring both stores up to date; done by the others on start, too",
    load: async () => (await import("./service.ts")).migrateCommand,
  },
  doctor: {
    summary:
      "Check configuration, stores, bus, spool, disk, clock, prices, keys and providers, and say what to fix",
    load: async () => (await import("./ingest/commands/doctor.ts")).doctorCommand,
  },
  "keys create": {
    summary: "Make a key for a person or a service; its secret is printed this once",
    load: async () => (await import("./dashboard/commands/keys.ts")).keysCreateCommand,
  },
  "keys list": {
    summary: "List every key, newest first, without its secret",
    load: async () => (await import("./dashboard/commands/keys.ts")).keysListCommand,
  },
  "keys rotate": {
    summary: "Make a key that takes another one's place; its secret is printed this once",
    load: async () => (await import("./dashboard/commands/keys-rotate.ts")).keysRotateCommand,
  },
  "keys revoke": {
    summary: "Revoke a key for good",
    load: async () => (await import("./dashboard/commands/keys.ts")).keysRevokeCommand,
  },
  "people import": {
    summary: "Create and update people from a CSV file of email,name,team,manager_email,role",
    load: async () => (await import("./dashboard/commands/people-import.ts")).peopleImportCommand,
  },
  "login-link": {
    summary: "Make a link that signs a person in once, within 15 minutes",
    load: async () => (await import("./dashboard/commands/login-link.ts")).loginLinkCommand,
  },
  "schedules add": {
    summary: "Register when runs of a person, or of a service, start by themselves",
    load: async () => (await import("./dashboard/commands/schedules.ts")).schedulesAddCommand,
  },
  "schedules list": {
    summary: "List every registered schedule, newest first",
    load: async () => (await import("./dashboard/commands/schedules.ts")).schedulesListCommand,
  },
  "schedules end": {
    summary: "End a schedule; what it covered until now stays covered",
    load: async () => (await import("./dashboard/commands/schedules.ts")).schedulesEndCommand,
  },
  "templates add": {
    summary:
      "Allow a text that you hand out: prompts alike to it are no replay; a timer is seen all the same, and credit is as it was",
    load: async () => (await import("./ingest/commands/templates.ts")).templatesAddCommand,
  },
  "templates list": {
    summary: "List the templates that are allowed; with --json also their texts",
    load: async () => (await import("./ingest/commands/templates.ts")).templatesListCommand,
  },
  "templates remove": {
    summary: "Take a template off the list; its text is deleted",
    load: async () => (await import("./ingest/commands/templates.ts")).templatesRemoveCommand,
  },
  "targets add": {
    summary:
      "Tell Assay of a usage target that was announced, so that it is tested whether people reach for it",
    load: async () => (await import("./analytics/commands/targets.ts")).targetsAddCommand,
  },
  "targets end": {
    summary: "End a target",
    load: async () => (await import("./analytics/commands/targets.ts")).targetsEndCommand,
  },
  "targets test": {
    summary:
      "Say of each target whether people reach for it, without a name, and how many use it meaningfully",
    load: async () => (await import("./analytics/commands/targets.ts")).targetsTestCommand,
  },
  "policy show": {
    summary: "Show the policy that tells people of individual scoring, or the one that Assay proposes",
    load: async () => (await import("./dashboard/commands/policy.ts")).policyShowCommand,
  },
  "policy publish": {
    summary: "Publish the policy; individuals are scored from the week that begins then",
    load: async () => (await import("./dashboard/commands/policy.ts")).policyPublishCommand,
  },
  "import events": {
    summary: "Take token events from JSONL files into the store",
    load: async () => (await import("./ingest/commands/import-events.ts")).importEventsCommand,
  },
  "import outcomes": {
    summary: "Take outcomes from JSONL files into the store",
    load: async () => (await import("./ingest/commands/import-outcomes.ts")).importOutcomesCommand,
  },
  "import claude-code": {
    summary: "Take the calls of a person's Claude Code transcripts into the store, without their text",
    load: async () => (await import("./ingest/commands/import-transcripts.ts")).importClaudeCodeCommand,
  },
  "import codex": {
    summary: "Take the calls of a person's Codex transcripts into the store, without their text",
    load: async () => (await import("./ingest/commands/import-transcripts.ts")).importCodexCommand,
  },
  "git-trailer install": {
    summary: "Have each commit that an agent makes in this repository say by which run it was made",
    load: async () => (await import("./ingest/commands/git-trailer.ts")).gitTrailerInstallCommand,
  },
  "git-trailer uninstall": {
    summary: "Take that out again; the hook that was there before is back in its place",
    load: async () => (await import("./ingest/commands/git-trailer.ts")).gitTrailerUninstallCommand,
  },
  survival: {
    summary: "Tell which lines of merged changes still stand a week later, from a local clone",
    load: async () => (await import("./ingest/commands/survival.ts")).survivalCommand,
  },
  reprice: {
    summary: "Price stored calls again, with the prices that hold now",
    load: async () => (await import("./ingest/commands/reprice.ts")).repriceCommand,
  },
  erase: {
    summary: "Remove a person and every row about them, for good",
    load: async () => (await import("./dashboard/commands/erase.ts")).eraseCommand,
  },
  "dead-letters list": {
    summary: "List the records that could not be stored, with the reason",
    load: async () => (await import("./ingest/commands/dead-letters.ts")).deadLettersListCommand,
  },
  "dead-letters retry": {
    summary: "Try again to store the records that could not be stored",
    load: async () => (await import("./ingest/commands/dead-letters.ts")).deadLettersRetryCommand,
  },
  "export events": {
    summary: "Write recorded calls as JSON lines; it stands in the audit of everybody who is in them",
    load: async () => (await import("./dashboard/commands/export-events.ts")).exportEventsCommand,
  },
  "export outcomes": {
    summary:
      "Write outcomes with the runs they come from as JSON lines; it stands in the audit of everybody in them",
    load: async () => (await import("./dashboard/commands/export-outcomes.ts")).exportOutcomesCommand,
  },
  "export runs": {
    summary:
      "Write runs with their agents and calls as JSON lines; it stands in the audit of everybody in them",
    load: async () => (await import("./dashboard/commands/export-runs.ts")).exportRunsCommand,
  },
  "export person-weeks": {
    summary: "Write weeks of people as JSON lines; it stands in the audit of everybody who is in them",
    load: async () => (await import("./dashboard/commands/export-weeks.ts")).exportWeeksCommand,
  },
  "export patterns": {
    summary: "Write patterns as JSON lines; it stands in the audit of everybody who is in them",
    load: async () => (await import("./dashboard/commands/export-patterns.ts")).exportPatternsCommand,
  },
  "export costs": {
    summary: "Write costs of groups as CSV, as the page of the organisation shows them; no person is in them",
    load: async () => (await import("./dashboard/commands/export-costs.ts")).exportCostsCommand,
  },
  "export focus": {
    summary: "Write costs by model as CSV in the columns of FOCUS; no person is in them",
    load: async () => (await import("./dashboard/commands/export-focus.ts")).exportFocusCommand,
  },
  "explain run": {
    summary: "Say what a run's numbers were made of; it stands in its person's audit",
    load: async () => (await import("./analytics/commands/explain.ts")).explainRunCommand,
  },
  "explain pattern": {
    summary: "Say what a pattern was made of, and what would change it; it stands in its person's audit",
    load: async () => (await import("./analytics/commands/explain.ts")).explainPatternCommand,
  },
};
