/** One environment variable: what it accepts, in words, and how it is read. */
export interface Variable<T> {
  readonly accepts: string;
  /** The value that the text stands for; `undefined` when it is not accepted. */
  read(text: string): T | undefined;
}

/** The name of the function that runs this code; Lambda sets it, and the greeting takes it as it is. */
export const functionName: Variable<string> = {
  accepts: "the name of the function, as Lambda sets it",
  read: (text) => text || undefined,
};

export const secretArn: Variable<string> = {
  accepts: "the ARN of a Secrets Manager secret",
  read: (text) =>
    /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+$/.test(text) ? text : undefined,
};

/** `*` is not accepted: who may read the answers is named, origin by origin. */
export const corsOrigins: Variable<readonly string[]> = {
  accepts: "origins such as https://app.example.com, separated by commas, or the empty text for none",
  read: (text) => {
    const origins = text.split(",").map((part) => part.trim());
    if (text.trim() === "") return [];
    return origins.every(isOrigin) ? origins : undefined;
  },
};

/** Browsers send an origin in its canonical form; in any other form it would never match. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/**
 * The values of all the variables.
 *
 * @throws Error naming every variable that is missing or wrong, the value received and what is accepted: thrown while
 *   the function starts, it fails a deployment's first request instead of some later one
 */
export function readEnvironment<T>(
  variables: { readonly [K in keyof T]: Variable<T[K]> },
  env: Readonly<Record<string, string | undefined>>,
): T {
  const problems: string[] = [];
  const values: Partial<T> = {};
  for (const name in variables) {
    const text = env[name];
    const value = text === undefined ? undefined : variables[name].read(text);
    if (value === undefined) {
      const received = text === undefined ? "is not set" : `is ${JSON.stringify(text)}`;
      problems.push(`${name} ${received}; accepted: ${variables[name].accepts}`);
    } else {
      values[name] = value;
    }
  }
  if (!isComplete(values, variables)) {
    throw new Error(`The function's environment variables are wrong. ${problems.join(". ")}.`);
  }
  return values;
}

function isComplete<T>(values: Partial<T>, variables: { readonly [K in keyof T]: unknown }): values is T {
  return Object.keys(variables).every((name) => name in values);
}
