// What an agent platform's own timers say in role user: heartbeats, automations, reminders. The words are OpenClaw's, which platforms
// built in its manner keep: so they are looked for in every client that no file of ours knows better. A heartbeat in an operator's own
// words is not recognised.
// (The published package openclaw 2026.9.6, and its prompt of early 2026.)

/** Messages of channels begin with the time at which they came. */
const TIME = /^(?:\[[A-Z][a-z]{2} [^\]\n]{1,60}\] *)?/.source;
const OPENINGS = [
  /\[cron:/,
  /\[OpenClaw (?:heartbeat poll|cron wake)\]/,
  /Follow the heartbeat monitor scratch context/,
  /Use heartbeat_respond to report the wake outcome/,
  /Read HEARTBEAT\.md if it exists/,
  /Run the following periodic tasks \(only those due/,
  /A scheduled (?:reminder|cron event) (?:has been|was) triggered/,
];
const SCHEDULED = new RegExp(`${TIME}(?:${OPENINGS.map(({ source }) => source).join("|")})`, "m");

/** Whether a line of a text of role user begins as a timer's words do. */
export function isScheduled(text: string): boolean {
  return SCHEDULED.test(text);
}
