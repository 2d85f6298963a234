const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

const two = (number: number) => String(number).padStart(2, "0");

const clockTime = (date: Date) =>
  [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":");

/** `22/Nov/2026:15:04:05 +0000`: the time of `requestContext.requestTime`, in the common log format. */
export function formatRequestTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  return `${day}:${clockTime(date)} +0000`;
}

/** `Sun Nov 22 15:04:05 UTC 2026`: as Java prints a date, which is how API Gateway passes `exp` and `iat` on. */
export function formatJavaDate(milliseconds: number): string {
  const date = new Date(milliseconds);
  const day = `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())}`;
  return `${day} ${clockTime(date)} UTC ${date.getUTCFullYear()}`;
}
