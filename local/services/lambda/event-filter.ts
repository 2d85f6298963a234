import type { Attributes } from "../../deployment/attributes";
import { compileRules, matches, valuesOf } from "../../kernel/event-pattern";
import { isObject, parseJson } from "../../kernel/json";

/** Whether a message's body passes. */
export type EventFilter = (body: string) => boolean;

/**
 * Compiles `filter_criteria` of an event source mapping of SQS: a message passes that one of the patterns matches. A pattern is about
 * `body` alone; a body that is not a JSON object matches texts only, and one that is matches keys only (Lambda Developer Guide,
 * "Using event filtering with an Amazon SQS event source").
 *
 * @throws DeploymentError for what AWS refuses: localstack's recordings, `test_sqs_invalid_event_filter`
 */
export function compileEventFilter(mapping: Attributes): EventFilter {
  const filters = mapping.block("filter_criteria")?.blocks("filter") ?? [];
  // "By default, you can define up to five different filters", ten after a request ("Control which events Lambda sends").
  if (filters.length > 10) mapping.fail("filter_criteria", "at most ten filters");
  const patterns = filters.map(compileFilter);
  return patterns.length === 0 ? () => true : (body) => patterns.some((pattern) => pattern(body));
}

function compileFilter(filter: Attributes): EventFilter {
  const refuse = (): never => filter.refuse("pattern", "Invalid filter pattern definition.");
  const pattern = parseJson(filter.string("pattern"));
  if (!isObject(pattern)) return refuse();
  const alternatives = compileRules(pattern, "", true, refuse);
  const keys = alternatives.flatMap((rules) => [...rules.keys()]);
  if (keys.some((key) => key !== "body" && !key.startsWith("body.")))
    filter.fail("pattern", "about body: Lambda filters messages of SQS by nothing else");
  return (text) => {
    const body = parseJson(text);
    return matches(alternatives, valuesOf({ body: isObject(body) ? body : text }));
  };
}
