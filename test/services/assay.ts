// The whole of Assay for tests: the real program as its user starts it, on free ports and a temporary data directory.

import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const MAIN = join(import.meta.dirname, "../../main.ts");

export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface RunningAssay {
  gatewayUrl: string;
  dashboardUrl: string;
  metricsUrl: string;
  /** What the first start printed: the owner's link and key. Undefined on later starts. */
  firstSteps: { signInLink: string; key: string } | undefined;
  /** The supervisor. */
  process: ChildProcess;
  /** Ctrl-C, and how long it took until all was over. */
  stop(): Promise<{ exitCode: number | null; tookMs: number }>;
}

export class TestAssay {
  readonly dataDir = mkdtempSync(join(tmpdir(), "assay-whole-"));
  readonly #environment: NodeJS.ProcessEnv;

  constructor(settings: Readonly<Record<string, string>>) {
    this.#environment = {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      ASSAY_DATA: this.dataDir,
      ASSAY_GATEWAY_PORT: "0",
      ASSAY_DASHBOARD_PORT: "0",
      ASSAY_METRICS_PORT: "0",
      ...settings,
    };
  }

  /** Starts everything and waits until it says that it is running. */
  async start(): Promise<RunningAssay> {
    const child = spawn(process.execPath, [MAIN, "start"], {
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const welcome = await readWelcome(child);
    const ports = JSON.parse(readFileSync(join(this.dataDir, "ports.json"), "utf8"));
    const signInLink = /http\S+\/sign-in#\S+/.exec(welcome)?.[0];
    const key = /assay_[\w-]{43}/.exec(welcome)?.[0];
    return {
      gatewayUrl: `http://127.0.0.1:${ports.gateway}`,
      dashboardUrl: `http://127.0.0.1:${ports.dashboard}`,
      metricsUrl: `http://127.0.0.1:${ports.metrics}`,
      firstSteps: signInLink && key ? { signInLink, key } : undefined,
      process: child,
      async stop() {
        const from = performance.now();
        child.kill("SIGINT");
        const exitCode = await exited(child);
        return { exitCode, tookMs: performance.now() - from };
      },
    };
  }

  /** Runs a command as another terminal would. */
  async run(...argv: string[]): Promise<CommandResult> {
    return runAssay(argv, this.#environment);
  }

  remove(): void {
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** Runs a command with nothing but these settings. */
export async function runAssay(argv: readonly string[], settings: NodeJS.ProcessEnv): Promise<CommandResult> {
  const child = spawn(process.execPath, [MAIN, ...argv], {
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    exited(child),
  ]);
  return { exitCode: exitCode ?? -1, stdout, stderr };
}

function exited(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once("exit", resolve));
}

/** What is printed when everything serves; rejects with all output when the program ends before. */
function readWelcome(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    let log = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.endsWith("\n\n")) resolve(output);
    });
    child.stderr?.on("data", (chunk: Buffer) => (log = (log + chunk.toString()).slice(-20_000)));
    child.once("exit", (code) => reject(new Error(`assay start ended with ${code}:\n${output}${log}`)));
  });
}
