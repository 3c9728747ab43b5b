// What a form holds, as text and as numbers.

/** Without space around it; empty where there is no such field. */
export function readText(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === "string" ? value.trim() : "";
}

/** Null for an empty field, and for what is no number. */
export function readNumber(form: HTMLFormElement, name: string): number | null {
  const text = readText(form, name);
  const number = Number(text);
  return text === "" || Number.isNaN(number) ? null : number;
}
