import type { Pairs, TryForm, TryRequest, TryRoute } from "../../contract";
import { usePlace } from "../kit/hooks";
import { setQuery } from "../kit/router";

/** What the address says, completed by what the form offers. */
export function requestOf(
  form: TryForm,
  query: URLSearchParams,
): { route: TryRoute | undefined; request: TryRequest } {
  const wanted = query.get("route") ?? "";
  const [method = "", path = ""] = wanted.split(" ");
  const route =
    form.routes.find((candidate) => `${candidate.method} ${candidate.path}` === wanted) ??
    (wanted === "" ? form.routes[0] : undefined);
  const stage = query.get("stage") ?? route?.stages[0] ?? form.stages[0] ?? "";
  const own = route?.poolIds[0];
  const person =
    query.get("person") ??
    form.people.find(({ kind, poolId }) => kind === "user" && poolId === own)?.id ??
    "nobody";
  const body = query.get("body") ?? route?.bodies.find(({ fits }) => fits)?.body ?? "";
  const headers = parseHeaders(query.get("headers") ?? "");
  return {
    route,
    request: {
      stage,
      method: route?.method ?? method,
      path: query.get("path") ?? route?.path ?? path,
      person,
      apiKey:
        query.get("key") ??
        (route?.needsApiKey === true ? form.apiKeys.find(isReal)?.id : undefined) ??
        "none",
      ...(query.get("query") ? { query: query.get("query") ?? "" } : {}),
      ...(headers.length > 0 ? { headers } : {}),
      ...(body === "" ? {} : { body }),
    },
  };
}

function isReal({ id }: { readonly id: string }): boolean {
  return id !== "none" && id !== "wrong";
}

function parseHeaders(text: string): Pairs {
  return text.split("\n").flatMap((line) => {
    const colon = line.indexOf(":");
    return colon < 1 ? [] : [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const];
  });
}

export function Routes({ form, request }: { form: TryForm; request: TryRequest }) {
  const chosen = `${request.method} ${request.path}`;
  const names = form.routes.map(({ method, path }) => `${method} ${path}`);
  const all = names.includes(chosen) ? names : [chosen, ...names];
  return (
    <div class="fields">
      <label>
        Route
        <select
          value={chosen}
          onChange={(event) =>
            setQuery({
              route: event.currentTarget.value,
              path: undefined,
              body: undefined,
              person: undefined,
            })
          }
        >
          {all.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {form.stages.length > 1 && (
        <label>
          Stage
          <select value={request.stage} onChange={(event) => setQuery({ stage: event.currentTarget.value })}>
            {form.stages.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}

export function Details({
  form,
  route,
  request,
}: {
  form: TryForm;
  route: TryRoute | undefined;
  request: TryRequest;
}) {
  return (
    <>
      <label>
        Body
        <textarea
          class="code-field"
          rows={4}
          spellcheck={false}
          value={request.body ?? ""}
          onInput={(event) => setQuery({ body: event.currentTarget.value || " " })}
        />
      </label>
      {route !== undefined && route.bodies.length > 0 && (
        <fieldset class="choices" aria-label="Example bodies">
          {route.bodies.map(({ name, body, fits }) => (
            <button
              key={name}
              type="button"
              aria-pressed={request.body === body}
              onClick={() => setQuery({ body })}
            >
              <span aria-hidden="true">{fits ? "✓" : "✕"}</span> {name}
            </button>
          ))}
        </fieldset>
      )}
      <details>
        <summary>Path, query, headers, API key</summary>
        <div class="fields">
          <label>
            Path
            <input value={request.path} onInput={(event) => setQuery({ path: event.currentTarget.value })} />
          </label>
          <label>
            Query
            <input
              value={request.query ?? ""}
              placeholder="a=1&b=2"
              onInput={(event) => setQuery({ query: event.currentTarget.value })}
            />
          </label>
          <label>
            API key
            <select value={request.apiKey} onChange={(event) => setQuery({ key: event.currentTarget.value })}>
              {form.apiKeys.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        </div>
        <label>
          Headers, a line each
          <textarea
            class="code-field"
            rows={2}
            spellcheck={false}
            placeholder="X-Forwarded-For: 203.0.113.7"
            value={usePlace().query.get("headers") ?? ""}
            onInput={(event) => setQuery({ headers: event.currentTarget.value })}
          />
        </label>
      </details>
    </>
  );
}
