// A campaign: calls are made without a pause while one fault after the other strikes the deployment. Then everything is healed, what is
// under way may arrive, and ClickHouse is held against what the clients and the provider saw.
//
// The plan says which faults strike when. What the system makes of them also depends on the machine, so the same plan brings back the
// circumstances of a failure, and usually but not always the failure.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pino } from "pino";
import { CallLedger } from "./call-ledger.ts";
import { startDeployment, type Deployment, type DeploymentOptions } from "./deployment.ts";
import { groupOf, type PlannedFault, type SubjectCounts } from "./fault-plan.ts";
import { openKafkaFacts } from "./kafka-facts.ts";
import { startLoad } from "./load.ts";
import { countRows, mergeRows, readStoredCalls } from "./stored-calls.ts";
import { replaceWorkers, strike, type StruckFault } from "./strike.ts";
import { verify, type Disturbance, type Verdict } from "./verify.ts";
import { startWatch, type Watch } from "./watch.ts";

/** For calls that are under way when the load ends; the longest that a gateway is away. */
const LAST_CALLS_MS_MAX = 60_000;
/** From a client's clock reading to the connection that it makes then. */
const REACTION_MS = 1000;
const POLL_MS = 250;

export interface CampaignOptions {
  deployment: Omit<DeploymentOptions, "ledger">;
  /** In the order of their beginnings. */
  plan(counts: SubjectCounts): readonly PlannedFault[];
  /** How long calls are begun. */
  durationMs: number;
  callsPerSecond: number;
  /** For everything to arrive after everything is healed. */
  settleMsMax: number;
  /** Told of each thing that happens, one line a time. */
  tell: (line: string) => void;
  /** Told now and then how it stands. */
  progress: (line: string) => void;
  /** Ends the campaign early, without a verdict. */
  signal: AbortSignal;
}

export interface CampaignResult {
  verdict: Verdict;
  ledger: CallLedger;
  faults: readonly StruckFault[];
  /** Whether everything had arrived before the patience was over. */
  hasSettled: boolean;
  settleSeconds: number;
  recoverySeconds: ReadonlyMap<string, number>;
  stored: number;
  /** Messages of calls in Kafka beyond one for each. */
  repeatedInKafka: number;
  /** Rows in ClickHouse beyond one for each call, before they were merged; merges in the background had taken some already. */
  repeatedInClickHouse: number;
  deadLetters: number;
  unrecorded: { intents: number; events: number };
  /** What every process logged, by its name. */
  logs: ReadonlyMap<string, string>;
}

export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const { tell } = options;
  const ledger = new CallLedger();
  const deployment = await startDeployment({ ...options.deployment, ledger });
  try {
    tell(`${deployment.gateways.length} gateways and ${deployment.sinks.length} sinks are ready`);
    return await runOn(deployment, ledger, options);
  } finally {
    await deployment.stop();
  }
}

async function runOn(
  deployment: Deployment,
  ledger: CallLedger,
  options: CampaignOptions,
): Promise<CampaignResult> {
  const { tell, signal, settleMsMax } = options;
  const beganAt = new Date();
  const faults: StruckFault[] = [];
  const watch = startWatch(deployment, ledger, faults);
  const load = startLoad({
    ledger,
    gatewayUrls: deployment.gateways.map((gateway) => () => gateway.url),
    keys: deployment.keys,
    callsPerSecond: options.callsPerSecond,
  });
  const reporting = setInterval(() => options.progress(describeState(ledger, watch, faults)), POLL_MS * 4);
  try {
    await carryOut(deployment, options, faults);
    signal.throwIfAborted();
    tell("everything is healed; no more calls are begun");
    await load.stop(LAST_CALLS_MS_MAX);
    // Nobody uses the gateways any more, so nothing of this may be lost either.
    await replaceWorkers(deployment);
    const settlingFrom = performance.now();
    const { intents, events } = sumUnrecorded(faults);
    const lostMax = Math.min(intents, events);
    const hasSettled = await watch.untilStored({ msMax: settleMsMax, lostMax, signal });
    return {
      ...(await judge(deployment, { ...options, ledger, faults, beganAt, hasSettled })),
      ledger,
      faults,
      hasSettled,
      settleSeconds: (performance.now() - settlingFrom) / 1000,
      recoverySeconds: watch.recoverySeconds(),
    };
  } finally {
    clearInterval(reporting);
    await load.stop(0);
    await watch.stop();
  }
}

/** Strikes as planned, and resolves when all is healed and serves again. What strikes the same subject waits for its turn. */
async function carryOut(
  deployment: Deployment,
  options: CampaignOptions,
  faults: StruckFault[],
): Promise<void> {
  const { tell, signal, durationMs } = options;
  const plan = options.plan(countSubjects(deployment));
  const beganAt = performance.now();
  const underWay = new Map<string, Promise<void>>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const ending = new AbortController();
  const isOver = AbortSignal.any([signal, ending.signal]);

  async function strikeInTurn(fault: PlannedFault, before: Promise<void> | undefined): Promise<void> {
    await before;
    const onBegin = (struck: StruckFault): void => {
      faults.push(struck);
      tell(`${fault.name} ${fault.number}, for ${(fault.forMs / 1000).toFixed(1)} s`);
    };
    if (!isOver.aborted) await strike(deployment, fault, { onBegin, signal: isOver });
  }

  try {
    for (const fault of plan) {
      const pauseMs = fault.atMs - (performance.now() - beganAt);
      await Promise.race([wait(Math.max(0, pauseMs), undefined, { signal }), failed.promise]);
      const group = groupOf(fault.subject, fault.number);
      const struck = strikeInTurn(fault, underWay.get(group));
      struck.catch(failed.reject);
      underWay.set(group, struck);
    }
    await Promise.all(underWay.values());
    await wait(Math.max(0, durationMs - (performance.now() - beganAt)), undefined, { signal });
  } finally {
    ending.abort();
    await Promise.allSettled(underWay.values());
  }
}

function countSubjects({ gateways, sinks, kafka }: Deployment): SubjectCounts {
  const { length } = gateways;
  return { worker: length, gateway: length, shipper: length, sink: sinks.length, broker: kafka.nodes.length };
}

interface Judged extends Pick<CampaignOptions, "deployment" | "settleMsMax" | "signal"> {
  ledger: CallLedger;
  faults: readonly StruckFault[];
  beganAt: Date;
  hasSettled: boolean;
}

type Findings = Pick<
  CampaignResult,
  "verdict" | "stored" | "repeatedInKafka" | "repeatedInClickHouse" | "deadLetters" | "unrecorded" | "logs"
>;

async function judge(deployment: Deployment, judged: Judged): Promise<Findings> {
  const { ledger, faults, beganAt, hasSettled, settleMsMax, signal } = judged;
  const { store, kafkaConfig } = deployment;
  const facts = await openKafkaFacts(pino({ level: "silent" }), kafkaConfig);
  try {
    // What comes now comes a second time, and must not count. Where something is missing, enough was waited.
    if (hasSettled) await untilNone(() => facts.countLag(), settleMsMax, signal);
    const stored = await readStoredCalls(store, beganAt);
    const rowsBefore = await countRows(store, beganAt);
    await mergeRows(store);
    const deadLetters =
      (await facts.countMessages(kafkaConfig.topics.deadLetters)) + countDeadLetterFiles(deployment);
    const unrecorded = sumUnrecorded(faults);
    const verdict = verify({
      calls: ledger.calls,
      stored,
      rowsAfterOptimize: await countRows(store, beganAt),
      disturbances: toDisturbances(faults, judged.deployment),
      unrecorded,
      deadLetters,
    });
    return {
      verdict,
      stored: stored.length,
      repeatedInKafka: (await facts.countMessages(kafkaConfig.topics.events)) - stored.length,
      repeatedInClickHouse: rowsBefore - stored.length,
      deadLetters,
      unrecorded,
      logs: readLogs(deployment),
    };
  } finally {
    await facts.close();
  }
}

async function untilNone(
  count: () => Promise<number>,
  patienceMs: number,
  signal: AbortSignal,
): Promise<void> {
  for (let waitedMs = 0; (await count()) > 0 && waitedMs < patienceMs; waitedMs += POLL_MS)
    await wait(POLL_MS, undefined, { signal });
}

/** A gateway on a full disk refuses calls if it was told to; otherwise its clients notice nothing. */
function toDisturbances(
  faults: readonly StruckFault[],
  { isStrict }: CampaignOptions["deployment"],
): Disturbance[] {
  return faults
    .filter(({ plan: { subject } }) => subject === "worker" || subject === "gateway")
    .filter(({ plan: { action } }) => action !== "fill" || isStrict)
    .map(({ plan, fromMs, backMs }) => ({
      gateway: plan.number,
      fromMs: fromMs - REACTION_MS,
      toMs: backMs + REACTION_MS,
    }));
}

function sumUnrecorded(faults: readonly StruckFault[]): { intents: number; events: number } {
  const sum = (of: "intents" | "events"): number =>
    faults.reduce((total, { unrecorded }) => total + unrecorded[of], 0);
  return { intents: sum("intents"), events: sum("events") };
}

/** Lines of the files in which gateways and sinks keep what they can send nowhere. */
function countDeadLetterFiles({ gateways, sinks }: Deployment): number {
  const folders = [...gateways, ...sinks].map(({ dataDir }) => join(dataDir, "dead-letters"));
  const files = folders
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  return files.reduce((sum, file) => sum + readFileSync(file, "utf8").split("\n").length - 1, 0);
}

function readLogs({ gateways, sinks, analyze, dashboard }: Deployment): Map<string, string> {
  return new Map([...gateways, ...sinks, analyze, dashboard].map((single) => [single.name, single.log()]));
}

function describeState(ledger: CallLedger, watch: Watch, faults: readonly StruckFault[]): string {
  const broken = faults.filter(({ healedMs }) => healedMs === Number.POSITIVE_INFINITY);
  const names = broken.map(({ plan }) => `${plan.name} ${plan.number}`).join(", ");
  const { length } = ledger.calls;
  return `${length} calls, ${watch.outstanding().length} not in ClickHouse yet; ${names || "nothing broken"}`;
}
