import type { FunctionPermissions, PermissionRow } from "../../contract";
import { Badge, type Tone } from "../components/badge";
import { CodeBlock } from "../components/code-block";
import { Empty, Loaded, Page } from "../components/page";
import { ago, arnName, arnResource, count, counted } from "../kit/format";
import { useNow, useResource } from "../kit/hooks";
import { hrefOf } from "../kit/router";

const TONES: Readonly<Record<PermissionRow["verdict"], Tone>> = {
  used: "good",
  "never used": "warn",
  denied: "bad",
};

/** What each function may do, what it did, and the smallest policy for that. */
export function PermissionsPage() {
  const permissions = useResource("GET /api/permissions", {}, ["updated", "request"]);
  return (
    <Page
      title="Permissions"
      lead={
        <>
          What each function asked for and what its role grants. <code>npm run permissions</code> prints the
          same.
        </>
      }
    >
      <Loaded of={permissions}>
        {(data) =>
          data.length === 0 ? (
            <Empty title="This deployment has no function.">A function appears here with its role.</Empty>
          ) : (
            data.map((fn) => <FunctionCard key={fn.functionName} fn={fn} />)
          )
        }
      </Loaded>
    </Page>
  );
}

function FunctionCard({ fn }: { fn: FunctionPermissions }) {
  const now = useNow();
  return (
    <section class="card" aria-label={fn.functionName}>
      <h2>
        λ <a href={hrefOf("functions", [fn.functionName])}>{fn.functionName}</a>{" "}
        <span class="muted">as {arnName(fn.roleArn)}</span>
      </h2>
      <div class="scroll-x">
        <table>
          <thead>
            <tr>
              <th scope="col">Verdict</th>
              <th scope="col">Action</th>
              <th scope="col">Resource</th>
              <th scope="col">Statement</th>
              <th scope="col">Calls</th>
            </tr>
          </thead>
          <tbody>
            {fn.rows.map((row) => (
              <tr key={`${row.action} ${row.resource} ${row.verdict}`}>
                <td>
                  <Badge tone={TONES[row.verdict]}>{row.verdict}</Badge>
                </td>
                <td>{row.action}</td>
                <td>
                  <code title={row.resource}>{arnResource(row.resource)}</code>
                </td>
                <td class="muted">
                  {row.statement === undefined
                    ? "nothing allows it"
                    : `${row.statement.statement} of ${row.statement.policy}`}
                </td>
                <td data-label="Calls">
                  {count(row.count)}
                  {row.lastAt !== undefined && <span class="muted"> {ago(row.lastAt, now)}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {fn.smallestPolicy === undefined ? (
        <p class="muted">
          It called nothing so far. <a href={hrefOf("try")}>Send a request</a> that reaches it, and the
          smallest policy appears here.
        </p>
      ) : (
        <details>
          <summary>The smallest policy for what was seen ({counted(fn.calls, "call")})</summary>
          <CodeBlock label="Policy" text={JSON.stringify(fn.smallestPolicy, null, 2)} wrap={false} />
        </details>
      )}
    </section>
  );
}
