import { type HeaderList, headerValues } from "../../../kernel/headers";
import { parseJson } from "../../../kernel/json";
import type { Facts } from "../../../kernel/trace";
import type { MappedAnswer, Mapping } from "../mapping";
import { jsonPath } from "../templates/json-path";
import { bounded, toText, VtlList } from "../templates/values";
import { noOverrides, type Overrides } from "../templates/variables";
import { chooseTemplate, mappedValue } from "./answers";
import type { AtMethod } from "./exchange";
import type { Outcome } from "./layer";
import { attempt, rendered } from "./mapped-request";

/** The integration response that answers where no other does. */
export const defaultOf = ({ answers }: Mapping) => answers.find(({ selects }) => selects === undefined);

/** What the integration answered, and what goes with the answer to the client. */
interface Answered {
  readonly detail: string;
  readonly facts: Facts;
  /** The headers of what is mapped: `integration.response.header.X`. */
  readonly received: HeaderList;
  readonly more: HeaderList;
}

/** Turns what the integration said into the answer of the method, as an integration response maps it. */
export async function mappedAnswer(
  chosen: MappedAnswer,
  payload: Buffer,
  exchange: AtMethod,
  { detail, facts, received, more }: Answered,
): Promise<Outcome> {
  const template = chooseTemplate(chosen.templates, exchange.headers);
  const overrides = exchange.overrides ?? noOverrides();
  const text = payload.toString("utf8");
  const made = await attempt(async () => ({
    body:
      template === undefined
        ? payload
        : Buffer.from(await rendered(template.chosen, text, exchange, overrides)),
    mapped: bounded(() => headersOf(chosen, text, exchange, received)),
  }));
  if ("verdict" in made) return { ...made, facts };
  const { body, mapped } = made;
  const headers = overridden(mapped, overrides);
  const setsContentType = headers.some(([name]) => name.toLowerCase() === "content-type");
  const contentType = template?.contentType ?? "application/json";
  return {
    verdict: "answered",
    answer: {
      status: statusOf(overrides) ?? chosen.status,
      headers: [
        ...(setsContentType ? [] : [["Content-Type", contentType] as const]),
        ...headers.map(remapped),
        ...more,
      ],
      body,
    },
    detail,
    facts,
  };
}

/**
 * Headers that only API Gateway may set: a mapped one goes out under another name (recorded in localstack's AWS-validated tests,
 * `test_apigateway_header_remapping_http`).
 */
const RESERVED =
  /^(?:authorization|connection|content-length|content-md5|date|expect|host|max-forwards|proxy-authenticate|server|trailer|upgrade|user-agent|www-authenticate)$/i;

const remapped = ([name, value]: HeaderList[number]) =>
  [RESERVED.test(name) ? `x-amzn-Remapped-${name}` : name, value] as const;

function headersOf(
  chosen: MappedAnswer,
  payload: string,
  exchange: AtMethod,
  received: HeaderList,
): HeaderList {
  return chosen.headers.flatMap(([name, expression]) => {
    const value = answerValue(expression, payload, exchange, received);
    return value === undefined ? [] : [[name, value] as const];
  });
}

/** Where a response header's value comes from. */
function answerValue(
  expression: string,
  payload: string,
  exchange: AtMethod,
  received: HeaderList,
): string | undefined {
  const [, place = "", rest = ""] =
    /^integration\.response\.(header|multivalueheader|body)\.?(.*)$/s.exec(expression) ?? [];
  if (place === "") return mappedValue(expression, exchange);
  const values = headerValues(received, rest);
  if (place === "header") return values.at(-1);
  if (place === "multivalueheader") return values.length === 0 ? undefined : values.join(",");
  if (rest === "") return headerText(payload);
  const value = jsonPath(parseJson(payload), `$.${rest}`);
  if (value === undefined || value === null) return undefined;
  return headerText(typeof value === "string" ? value : JSON.stringify(value));
}

/** No header may have a line break, or other characters than these. */
const headerText = (text: string) => text.replace(/[^\x20-\x7e\xa0-\xff]/g, "");

/** `$context.responseOverride.header`: in place of a mapped header of the name. A list is sent header by header. */
function overridden(mapped: HeaderList, { response }: Overrides): HeaderList {
  const own = response.get("header");
  const pairs = (own instanceof Map ? [...own] : []).flatMap(([name, value]) =>
    (value instanceof VtlList ? value.items : [value]).map(
      (item) => [name, headerText(toText(item))] as const,
    ),
  );
  const valid = pairs.filter(([name]) => /^[!#$%&'*+.^_`|~\w-]+$/.test(name));
  const names = new Set(valid.map(([name]) => name.toLowerCase()));
  return [...mapped.filter(([name]) => !names.has(name.toLowerCase())), ...valid];
}

/** "AWS ignores the status if the override isn't an integer" of HTTP (localstack, `integration_response.py`). */
function statusOf({ response }: Overrides): number | undefined {
  const status = response.get("status");
  return typeof status === "number" && Number.isInteger(status) && status >= 200 && status <= 599
    ? status
    : undefined;
}
