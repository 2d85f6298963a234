import { CodeBlock } from "../components/code-block";
import { Empty, Loaded, Page, Tabs } from "../components/page";
import { usePlace, useResource } from "../kit/hooks";
import { hrefOf } from "../kit/router";

/** The API's contract: its routes, and the OpenAPI document of the deployment. */
export function ApiPage() {
  const overview = useResource("GET /api/overview");
  const stages = overview.data?.invokeUrls.map((url) => url.slice(url.lastIndexOf("/") + 1)) ?? [];
  const asked = usePlace().query.get("stage");
  const stage = stages.find((name) => name === asked) ?? stages[0];
  return (
    <Page title="API" lead="The routes, and the OpenAPI document made from the deployment.">
      {stages.length > 1 && (
        <Tabs
          label="Stages"
          tabs={stages.map((name) => ({
            href: hrefOf("api", [], { stage: name }),
            title: name,
            isCurrent: name === stage,
          }))}
        />
      )}
      <Routes />
      {stage !== undefined && <Document stage={stage} />}
    </Page>
  );
}

function Routes() {
  const form = useResource("GET /api/try");
  return (
    <section class="card" aria-label="Routes">
      <h2>Routes</h2>
      <Loaded of={form}>
        {({ routes, people }) =>
          routes.length === 0 ? (
            <Empty title="No route.">Add a row to stacks/secure-edge/routes.ts.</Empty>
          ) : (
            <div class="scroll-x">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Route</th>
                    <th scope="col">Authorizer</th>
                    <th scope="col">API key</th>
                    <th scope="col">Body</th>
                    <th scope="col">Users</th>
                  </tr>
                </thead>
                <tbody>
                  {routes.map((route) => (
                    <tr key={`${route.method} ${route.path}`}>
                      <td>
                        <a href={hrefOf("try", [], { route: `${route.method} ${route.path}` })}>
                          {route.method} {route.path}
                        </a>
                      </td>
                      <td data-label="Authorizer">
                        {route.authorizer ?? <span class="muted">open to anybody</span>}
                      </td>
                      <td data-label="API key">
                        {route.needsApiKey ? "required" : <span class="muted">no</span>}
                      </td>
                      <td data-label="Body">
                        {route.bodies.length > 0 ? (
                          (route.contentType ?? "a model")
                        ) : (
                          <span class="muted">any</span>
                        )}
                      </td>
                      <td data-label="Users">
                        {people
                          .filter(
                            ({ kind, poolId }) => kind === "user" && route.poolIds.includes(poolId ?? ""),
                          )
                          .map(({ name }) => name)
                          .join(", ")}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
    </section>
  );
}

function Document({ stage }: { stage: string }) {
  const openapi = useResource("GET /api/openapi", { query: { stage } });
  if (openapi.status === 404 || openapi.status === 501) {
    return (
      <Empty title="There is no OpenAPI document for this deployment.">
        The routes above are what it serves.
      </Empty>
    );
  }
  return (
    <section class="card" aria-label="OpenAPI">
      <h2>OpenAPI {String(openapi.data?.document.openapi ?? "")}</h2>
      <Loaded of={openapi}>
        {({ document }) => (
          <CodeBlock label={`openapi-${stage}.json`} text={JSON.stringify(document, null, 2)} wrap={false} />
        )}
      </Loaded>
    </section>
  );
}
