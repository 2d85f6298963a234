import type { AWS_OPERATIONS, ConsoleState, Envelope, Routes } from "../../contract";
import { Store } from "./store";

const TOKEN_KEY = "console-token";

/** What the server said of itself with its last answer. */
export const consoleState = new Store<ConsoleState | undefined>(undefined);

/** Whether the server does not know this page: its address had no token, or another one. */
export const isDenied = new Store(false);

/** A call that failed. The message is for people. */
export class CallError extends Error {
  override readonly name = "CallError";

  constructor(
    message: string,
    readonly status: number,
    readonly code?: string,
  ) {
    super(message);
  }
}

/** Moves the token from the address, where it could be seen and copied, to where only this page finds it. */
export function keepToken(): void {
  const token = location.hash.slice(1);
  if (token === "") return;
  localStorage.setItem(TOKEN_KEY, token);
  history.replaceState(null, "", location.pathname + location.search);
}

export function tokenHeader(): Record<string, string> {
  return { "X-Console-Token": localStorage.getItem(TOKEN_KEY) ?? "" };
}

export interface CallArguments<K extends keyof Routes> {
  /** For `{name}` in the route. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly input?: Routes[K] extends { readonly input: infer Input } ? Input : never;
}

/** @throws CallError */
export async function call<K extends keyof Routes>(
  route: K,
  { path = {}, query = {}, input }: CallArguments<K> = {},
): Promise<Routes[K]["answer"]> {
  const [method = "GET", template = ""] = route.split(" ");
  const target = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ""));
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const search = new URLSearchParams(pairs).toString();
  const answer = await fetch(`${target}${search && `?${search}`}`, {
    method,
    headers: {
      ...tokenHeader(),
      ...(input === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(input === undefined ? {} : { body: JSON.stringify(input) }),
  }).catch(() => {
    throw new CallError("The runtime does not answer: it was stopped, or it is starting.", 0);
  });
  isDenied.value = answer.status === 401;
  return dataOf(answer.status, await answer.json().catch(() => undefined));
}

function dataOf<T>(status: number, envelope: Envelope<T> | undefined): T {
  if (envelope === undefined)
    throw new CallError(`The console's server answered ${status} without JSON.`, status);
  if (envelope.state !== undefined) consoleState.value = envelope.state;
  if ("error" in envelope) throw new CallError(envelope.error.message, status, envelope.error.code);
  return envelope.data;
}

/** An operation of AWS's API, called as the account's administrator. The answer is as the API reference has it. */
export async function aws<T>(
  service: keyof typeof AWS_OPERATIONS,
  operation: string,
  input: Readonly<Record<string, unknown>>,
): Promise<T> {
  // What an operation answers is known from the API reference, not from the contract.
  return (await call("POST /api/aws", { input: { service, operation, input } })) as T;
}
