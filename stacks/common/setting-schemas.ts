import * as v from "valibot";

// The schemas of the settings: each one reads the text of an environment variable.

export const text = (pattern: RegExp) => v.pipe(v.string(), v.regex(pattern));
export const oneOf = <const T extends string>(options: readonly T[]) =>
  v.pipe(v.string(), v.picklist(options));
export const wholeNumber = (min: number, max: number) =>
  v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number), v.minValue(min), v.maxValue(max));
export const flag = v.pipe(
  v.string(),
  v.picklist(["true", "false"]),
  v.transform((value) => value === "true"),
);
export const list = <T extends string>(item: v.GenericSchema<string, T>) =>
  v.pipe(
    v.string(),
    v.transform((value) =>
      value
        .split(",")
        .map((part) => part.trim())
        .filter(Boolean),
    ),
    v.array(item),
  );

/** `Key=value` pairs. Source: "Tag naming limits", https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html */
export const tags = v.pipe(
  list(text(/^(?!aws:)[\w .:/+@-]{1,128}=[\w .:/=+@-]{0,256}$/i)),
  v.transform((pairs) => {
    return Object.fromEntries(
      pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
    );
  }),
);

/** `https`, or `http` on the developer's own machine, the one exception that Cognito and browsers make as well. */
const origin = "(https://[a-z0-9.-]+|http://localhost)(:\\d{1,5})?";
/** Without a fragment, which Cognito refuses, and without braces, in which Terraform would look for an expression. */
export const webUrl = v.pipe(
  text(new RegExp(`^${origin}(/[^\\s,#{}]*)?$`)),
  v.check((value) => URL.canParse(value)),
);
/** As browsers send it: `new URL` writes it the same way, without a default port. */
export const webOrigin = v.pipe(
  text(new RegExp(`^${origin}$`)),
  v.check((value) => URL.canParse(value) && new URL(value).origin === value),
);
/** Or none. */
export const emailAddress = text(/^([\w.+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+)?$/);
const octet = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
/** AWS WAF takes every prefix length but `/0`. */
export const ipv4Cidr = new RegExp(`^${octet}(\\.${octet}){3}/([1-9]|[12]\\d|3[0-2])$`);

/** The retention periods that CloudWatch Logs has. */
export const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
