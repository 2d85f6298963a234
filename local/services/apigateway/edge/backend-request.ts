import { type HeaderList, headerValue, headerValues } from "../../../kernel/headers";
import { parseJson } from "../../../kernel/json";
import type { Backend } from "../backends";
import { jsonPath } from "../templates/json-path";
import { toText, type Vtl, VtlList } from "../templates/values";
import { mappedValue } from "./answers";
import type { AtMethod } from "./exchange";

/** A request to an endpoint over HTTP. */
export interface BackendRequest {
  readonly method: string;
  /** Path and query as they are sent: nothing normalizes them. */
  readonly url: string;
  readonly headers: HeaderList;
  readonly body: Buffer;
}

/** A place in the URL that no parameter fills. */
export class UnfilledPlace extends Error {
  override readonly name = "UnfilledPlace";
}

type Place = "header" | "querystring" | "path";
type Parameters = Readonly<Record<Place, ReadonlyMap<string, readonly string[]>>>;

/** Never sent on, mapped or not (ibid.). `Via` to HTTP endpoints alone, `Referer` to services of AWS alone. */
const DROPPED = ["expect", "proxy-authenticate", "te"];

/** A proxy passes the client's headers on, but for these (ibid.): the recorded backends got none of them. */
const NOT_PASSED =
  /^(?:host|content-encoding|via|x-forwarded-(?:for|port|proto)|x-amzn-trace-id|x-amzn-apigateway-api-id)$/i;

const WITHOUT_BODY = ["GET", "HEAD", "OPTIONS"];

/**
 * What an integration sends that is not a proxy: mapped parameters, headers of API Gateway's own, and the mapped body (recorded in
 * localstack's AWS-validated tests, `test_http_integration_with_lambda` and `test_apigateway_header_remapping_http`).
 */
export function mappedBackendRequest(backend: Backend, payload: string, exchange: AtMethod): BackendRequest {
  const parameters = overridden(mapParameters(backend, exchange), exchange);
  const { httpMethod, api, ids, headers } = exchange;
  const contentType = headerValue(headers, "Content-Type");
  const defaults: HeaderList = [
    ["Accept", "application/json"],
    ["User-Agent", `AmazonAPIGateway_${api.id}`],
    ...(contentType === undefined || WITHOUT_BODY.includes(httpMethod)
      ? []
      : [["Content-Type", contentType] as const]),
  ];
  const mapped = headersOf(parameters);
  const given = new Set(mapped.map(([name]) => name.toLowerCase()));
  return requestTo(backend, parameters, exchange, {
    headers: [
      ...defaults.filter(([name]) => !given.has(name.toLowerCase())),
      ...mapped,
      ["X-Amzn-Trace-Id", ids.traceId],
      ["X-Amzn-Apigateway-Api-Id", api.id],
    ],
    query: [],
    body: Buffer.from(payload),
  });
}

/** What a proxy sends: the client's request with the mapped parameters (ibid., `test_http_proxy_integration_request_data_mappings`). */
export function proxiedRequest(backend: Backend, exchange: AtMethod): BackendRequest {
  const { integrationHeaders, api, ids, query, body } = exchange;
  const parameters = mapParameters(backend, exchange);
  const mapped = headersOf(parameters);
  const given = new Set(mapped.map(([name]) => name.toLowerCase()));
  const passed = integrationHeaders.filter(
    ([name]) => !NOT_PASSED.test(name) && !given.has(name.toLowerCase()),
  );
  return requestTo(backend, parameters, exchange, {
    headers: [...passed, ...mapped, ["X-Amzn-Trace-Id", ids.traceId], ["X-Amzn-Apigateway-Api-Id", api.id]],
    query,
    body,
  });
}

function requestTo(
  backend: Backend,
  parameters: Parameters,
  { httpMethod, stage }: AtMethod,
  { headers, query, body }: Pick<BackendRequest, "headers" | "body"> & { readonly query: HeaderList },
): BackendRequest {
  const method = backend.httpMethod ?? httpMethod;
  const pairs = [
    ...query,
    ...[...parameters.querystring].flatMap(([name, values]) => values.map((value) => [name, value] as const)),
  ];
  const url = filled(backend.url, parameters.path).replace(
    STAGE_VARIABLE,
    (_whole, name: string) => stage.variables.get(name) ?? "",
  );
  const more = pairs
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join("&");
  const separator = more === "" ? "" : url.includes("?") ? "&" : "?";
  return {
    method,
    url: `${url}${separator}${more}`,
    headers: headers.filter(([name]) => !DROPPED.includes(name.toLowerCase())),
    body: WITHOUT_BODY.includes(method) ? Buffer.alloc(0) : body,
  };
}

const STAGE_VARIABLE = /\$\{stageVariables\.(\w+)\}/g;

/** A parameter of the method's path is not one of the integration's unless it is mapped (ibid.). */
function filled(url: string, values: Parameters["path"]): string {
  return url.replace(/(?<!\$)\{([^{}]+)\}/g, (_whole, name: string) => {
    const value = values.get(name)?.at(-1);
    if (value === undefined) throw new UnfilledPlace(`the URL's {${name}} has no value`);
    // What is encoded already stays so, and a slash of a greedy parameter is one.
    return value.replace(/%(?![\da-f]{2})|[^\w\-.~!$&'()*+,;=:@/%]+/gi, encodeURIComponent);
  });
}

function headersOf({ header }: Parameters): HeaderList {
  return [...header].flatMap(([name, values]) =>
    values.map((value) => [name, value.replace(/[^\x20-\x7e\xa0-\xff]/g, "")] as const),
  );
}

function mapParameters({ parameters }: Backend, exchange: AtMethod): Parameters {
  const mapped = { header: new Map(), querystring: new Map(), path: new Map() };
  for (const [target, source] of parameters) {
    const [, place, name = ""] = /^integration\.request\.(header|querystring|path)\.(.+)$/.exec(target) ?? [];
    // An empty value is none (ibid.: `testEmptyQs`).
    const values = valuesOf(source, exchange).filter((value) => value !== "");
    if (isPlace(place) && values.length > 0) mapped[place].set(name, values);
  }
  return mapped;
}

const isPlace = (text: string | undefined): text is Place =>
  text === "header" || text === "querystring" || text === "path";

/** Developer Guide, "Parameter mapping source": where a parameter's value comes from. */
function valuesOf(source: string, exchange: AtMethod): readonly string[] {
  const { body, headers, query } = exchange;
  const [, place, name = ""] =
    /^method\.request\.(body|multivalueheader|multivaluequerystring)\.?(.*)$/s.exec(source) ?? [];
  switch (place) {
    case "multivalueheader": {
      const values = headerValues(headers, name);
      return values.length === 0 ? [] : [values.join(",")];
    }
    case "multivaluequerystring":
      return query.filter(([key]) => key === name).map(([, value]) => value);
    case "body": {
      const text = body.toString("utf8");
      if (name === "") return [text];
      const value = jsonPath(parseJson(text), `$.${name}`);
      if (value === undefined || value === null) return [];
      return [typeof value === "string" ? value : JSON.stringify(value)];
    }
    default: {
      const value = mappedValue(source, exchange);
      return value === undefined ? [] : [value];
    }
  }
}

/** `$context.requestOverride`, which a template sets: in place of mapped parameters of the same name. */
function overridden(mapped: Parameters, { overrides }: AtMethod): Parameters {
  const of = (place: Place) => {
    const own = overrides?.request.get(place);
    const set = own instanceof Map ? [...own].map(([name, value]) => [name, textsOf(value)] as const) : [];
    return new Map([...mapped[place], ...set]);
  };
  return { header: of("header"), querystring: of("querystring"), path: of("path") };
}

const textsOf = (value: Vtl) => (value instanceof VtlList ? value.items : [value]).map(toText);
