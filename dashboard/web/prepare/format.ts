// How figures, shares, dates and times are written, in one place, so that the same amount reads the same on every page.
//
// Amounts come as decimal strings and are drawn as doubles: at 15 digits they are exact far below a cent, and nothing
// that is shown here is ever sent back or added up again on the server.
//
// Always holds: null is unknown and gets a word or a dash; it is never written as 0. A true zero is `$0.00`.

/** Narrow no-break space: between groups of three digits, and before units and %. */
const NARROW_SPACE = "\u202f";
const DASH = "–";
const NO_CENTS_FROM_USD = 10_000;
const UNDER_ONE = { minimumSignificantDigits: 2, maximumSignificantDigits: 2 };

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const TOKEN_UNITS = [
  { name: "k", size: 1e3, wholeFrom: 10 },
  { name: "M", size: 1e6, wholeFrom: 100 },
  { name: "B", size: 1e9, wholeFrom: 100 },
];

/** `$385.40`; `$0.0031` under a dollar; `$12 400` from ten thousand; `unpriced` for null. In US dollars. */
export function formatCost(costUsd: number | null): string {
  if (costUsd === null) return "unpriced";
  if (costUsd === 0) return "$0.00";
  const cents = costUsd.toFixed(2);
  if (Number(cents) >= NO_CENTS_FROM_USD) return `$${groupDigits(costUsd.toFixed(0))}`;
  return `$${Number(cents) < 1 ? costUsd.toLocaleString("en-US", UNDER_ONE) : groupDigits(cents)}`;
}

/** `840`, `61 k`, `4.1 M`, `1.9 B`; a dash for null. The exact count belongs beside it, on hover. */
export function formatTokens(tokens: number | null): string {
  if (tokens === null) return DASH;
  if (tokens < 1000) return String(tokens);
  const written = TOKEN_UNITS.map(({ name, size, wholeFrom }) => {
    const value = tokens / size;
    return { name, text: value.toFixed(Number(value.toFixed(1)) < wholeFrom ? 1 : 0) };
  });
  // The first unit that needs no fourth digit: 999 600 is `1.0 M` and not `1000 k`.
  const unit = written.find(({ text }) => Number(text) < 1000) ?? written.at(-1);
  return unit === undefined ? DASH : `${groupDigits(unit.text)}${NARROW_SPACE}${unit.name}`;
}

/** A whole number with its digits in groups of three: `2 310`. */
export function formatCount(count: number): string {
  return groupDigits(String(count));
}

/** `1 call`, `14 calls`. */
export function formatCalls(calls: number): string {
  return `${formatCount(calls)} ${calls === 1 ? "call" : "calls"}`;
}

/** A share of 0 to 1 as whole percent: `92 %`. What is there never reads 0 %, what is missing never 100 %. */
export function formatShare(share: number | null): string {
  if (share === null) return DASH;
  const percent = Math.round(share * 100);
  if (share > 0 && share < 0.01) return `<${NARROW_SPACE}1${NARROW_SPACE}%`;
  if (share < 1 && percent === 100) return `>${NARROW_SPACE}99${NARROW_SPACE}%`;
  return `${percent}${NARROW_SPACE}%`;
}

/** A calendar day, `2026-11-19`, as `19 Nov`; with the year if it is not the year of `today`. */
export function formatDay(day: string, today: string): string {
  const [year = "", month = "1", dayOfMonth = "1"] = day.split("-");
  const short = `${Number(dayOfMonth)} ${MONTHS[Number(month) - 1] ?? ""}`;
  return today.startsWith(`${year}-`) ? short : `${short} ${year}`;
}

/** An instant as `14:05`, in `timezone` or, without one, in the viewer's own. */
export function formatTime(instant: string, timezone?: string): string {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: timezone }).format(
    new Date(instant),
  );
}

/** An instant in full and in UTC, for hovering: `2026-11-19 13:05 UTC`. */
export function formatUtc(instant: string): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function groupDigits(number: string): string {
  return number.replaceAll(/(?<!\.\d*)\B(?=(?:\d{3})+(?!\d))/g, NARROW_SPACE);
}
