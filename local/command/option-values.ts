import { UsageError } from "../kernel/user-error";

// What the options of the commands take: each reads the text that was typed, or refuses it and says what is accepted.

/** A value that an option does not take. */
export function refused(option: string, text: string, accepted: string): UsageError {
  return new UsageError(`${option} is ${JSON.stringify(text)}; accepted: ${accepted}`);
}

export function wholeNumber(least: number, most: number, accepted: string) {
  return (text: string, option: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) throw refused(option, text, accepted);
    return value;
  };
}

export function port(text: string, option: string): number {
  return wholeNumber(0, 65_535, "a port from 0 to 65535")(text, option);
}

export function consolePort(text: string, option: string): number | "off" {
  if (text === "off") return text;
  return wholeNumber(0, 65_535, "a port from 0 to 65535, or off")(text, option);
}

export function onOrOff(text: string, option: string): "on" | "off" {
  if (text === "on" || text === "off") return text;
  throw refused(option, text, "on or off");
}

export function notNegative(text: string, option: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw refused(option, text, "a number, 0 or more");
  return Number(text);
}

export function managedRules(text: string, option: string): "block" | "show" | "off" {
  if (text === "block" || text === "show" || text === "off") return text;
  throw refused(option, text, "block, show or off");
}
