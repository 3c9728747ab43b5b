// Apache Kafka's own programs, for tests: Java from the machine, the rest from Maven Central (kafka/pom.xml), copied once to
// `node_modules/.cache`. Test files that start at the same time wait for the one that copies. What can't be had is a reason,
// and no error: suites that need it are then skipped (absence.ts).

import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { AppError, errorMessage } from "../../schemas/app-error.ts";
import { lockDataDirectory } from "../../schemas/data-directory.ts";

const run = promisify(execFile);

const JAVA_VERSION_MIN = 17;
const JAVA_MS_MAX = 30_000;
const MAVEN_MS_MAX = 180_000;
const LOCK_POLL_MS = 100;
/** A machine without a registry is not asked by each test file again. */
const ABSENCE_MS_MAX = 600_000;
const POM_FILE = join(import.meta.dirname, "kafka", "pom.xml");
/** By its real path, which an archive of classes is bound to. */
const MODULES = realpathSync(join(import.meta.dirname, "..", "..", "node_modules"));
const CACHE = join(MODULES, ".cache", "assay-kafka");

export interface KafkaPrograms {
  java: string;
  classPath: string;
  /** File for kafka-class-archive.ts; each Java wants its own. */
  classArchive: string;
}

/** The programs, or why there are none. */
export async function findKafkaPrograms(): Promise<KafkaPrograms | { absence: string }> {
  const home = process.env["JAVA_HOME"];
  const java = home === undefined ? "java" : join(home, "bin", "java");
  const version = await readJavaVersion(java);
  if (version === undefined) return { absence: `there is no Java (${java})` };
  const [feature] = version.split(".");
  if (Number(feature) < JAVA_VERSION_MIN)
    return { absence: `Java ${JAVA_VERSION_MIN} is needed, not ${version}` };
  const absence = await copyAbsence();
  if (absence !== undefined) return { absence };
  const classArchive = join(CACHE, `java-${version}.jsa`);
  return { java, classPath: join(copiedFolder(), "*"), classArchive };
}

async function readJavaVersion(java: string): Promise<string | undefined> {
  try {
    const { stderr } = await run(java, ["-version"], { timeout: JAVA_MS_MAX });
    return /version "([\d._]+)/.exec(stderr)?.[1];
  } catch {
    return undefined;
  }
}

/** Copies the programs where that has not been done. Returns why it can't be. */
async function copyAbsence(): Promise<string | undefined> {
  if (existsSync(copiedFolder())) return undefined;
  mkdirSync(CACHE, { recursive: true });
  const unlock = await lockKafkaPrograms();
  try {
    if (existsSync(copiedFolder())) return undefined;
    return readRecentAbsence() ?? (await copyPrograms());
  } finally {
    unlock();
  }
}

function copiedFolder(): string {
  const version = /<kafka.version>(.+)<\/kafka.version>/.exec(readFileSync(POM_FILE, "utf8"))?.[1];
  return join(CACHE, String(version));
}

/** Also waits for another test file that makes something there. */
export async function lockKafkaPrograms(): Promise<() => void> {
  for (let waitedMs = 0; ; waitedMs += LOCK_POLL_MS) {
    try {
      return lockDataDirectory(CACHE);
    } catch (error) {
      const isHeld = error instanceof AppError && error.code === "data_directory_locked";
      if (!isHeld || waitedMs > MAVEN_MS_MAX) throw error;
      await sleep(LOCK_POLL_MS);
    }
  }
}

function readRecentAbsence(): string | undefined {
  const file = absenceFile();
  const modifiedAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - modifiedAt < ABSENCE_MS_MAX ? readFileSync(file, "utf8") : undefined;
}

/** A copy takes its name when it is complete. */
async function copyPrograms(): Promise<string | undefined> {
  const draft = `${copiedFolder()}.draft`;
  rmSync(draft, { recursive: true, force: true });
  try {
    const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${draft}`];
    await run("mvn", ["-q", "-B", "-ntp", "-f", POM_FILE, ...goal], { timeout: MAVEN_MS_MAX });
    renameSync(draft, copiedFolder());
    return undefined;
  } catch (error) {
    const absence = `Maven can't copy it: ${errorMessage(error).split("\n").slice(0, 3).join(" ")}`;
    writeFileSync(absenceFile(), absence);
    return absence;
  }
}

function absenceFile(): string {
  return `${copiedFolder()}.absence`;
}
