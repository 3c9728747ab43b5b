// The clock: set while this process ran, or other than the database's. Sessions, keys and retention go by it.

import { z } from "zod";
import { fault, ok, warning, type Deployment, type Finding } from "./finding.ts";

/** Sign-in links live for minutes and keys for days: seconds do not matter, minutes do. */
const SKEW_MS_LOW = 5000;
const SKEW_MS_MAX = 60_000;
/** What a clock that is kept in step may drift from the processor's count while a process runs. */
const STEP_MS_MAX = 60_000;

const REMEDY = "Keep the clocks of all machines in step, by NTP.";
const nowSchema = z.tuple([z.object({ now: z.date() })]);

export async function checkClock({ postgres, now }: Deployment): Promise<Finding[]> {
  const stepMs = Math.abs(now() - (performance.timeOrigin + performance.now()));
  if (stepMs > STEP_MS_MAX) {
    const sentence = `This machine's clock was set by ${Math.round(stepMs / 1000)} s while Assay was running.`;
    return [warning(sentence, REMEDY)];
  }
  if (postgres.state !== "open") return [ok("The clock was not set while this ran.")];
  const askedAtMs = now();
  const { rows } = await postgres.store.pool.query("SELECT clock_timestamp() AS now");
  const answeredAtMs = now();
  const [answer] = nowSchema.parse(rows);
  return [judge(answer.now.getTime(), askedAtMs, answeredAtMs)];
}

/** The database read its clock at some moment between the two. */
function judge(theirsMs: number, askedAtMs: number, answeredAtMs: number): Finding {
  const skewMs = Math.max(0, askedAtMs - theirsMs, theirsMs - answeredAtMs);
  if (skewMs <= SKEW_MS_LOW) return ok("It agrees with the clock of Postgres.");
  const sentence = `It is ${Math.round(skewMs / 1000)} s apart from the clock of Postgres.`;
  return skewMs > SKEW_MS_MAX ? fault(sentence, REMEDY) : warning(sentence, REMEDY);
}
