// A process that writes calls into a spool until it is killed: `spool-writer-process.ts SPOOL WRITER SEED`. Each record that
// the spool says is written is told on standard output, `intent ID` or `event ID` a line, the moment it says so.

import { pino } from "pino";
import { SpoolWriter } from "../../ingest/spool/writer.ts";
import { createMetrics } from "../../schemas/metrics.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { createRandom } from "../simulation/random.ts";

const [spoolDir = "", writerId = "", seed = ""] = process.argv.slice(2);
const CALLS_A_TURN_MAX = 20;
/** Ends by itself, should nobody be left to kill it. */
const CALLS_MAX = 3000;
/** Some records are as long as they can get, so that a kill often falls within one. */
const LONG_TEXT = "x".repeat(8000);

let sequence = 0;
const random = createRandom(seed);
const spool = new SpoolWriter(pino({ level: "silent" }), {
  spoolDir,
  writerId,
  bytesMax: Number.MAX_SAFE_INTEGER,
  metrics: createMetrics("gateway"),
});

function append(record: "intent" | "event", eventId: string, usage: string): void {
  const event = buildTokenEvent({ event_id: eventId, gateway_id: writerId, sequence, usage_raw: usage });
  spool.append({ record, event }, (failure) => {
    // A pipe is written to at once on this system; what lay in a buffer of this process would die with it.
    if (!failure) process.stdout.write(`${record} ${eventId}\n`);
  });
}

function turn(): void {
  for (let calls = random.integer(1, CALLS_A_TURN_MAX); calls > 0; calls--) {
    sequence = spool.nextSequence();
    const eventId = random.uuid(Date.now());
    append("intent", eventId, "");
    if (random.chance(0.7)) append("event", eventId, LONG_TEXT.slice(random.integer(0, 7900)));
  }
  if (sequence < CALLS_MAX) setImmediate(turn);
}

turn();
