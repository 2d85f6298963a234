import type { RequestDetail, Rung } from "../../contract";
import { Badge, VERDICT_TONES } from "../components/badge";
import { duration } from "../kit/format";
import { useResource } from "../kit/hooks";
import { RungFacts } from "./rung-facts";

/** Every layer in AWS's order, from top to bottom; the one that decided is open. */
export function Ladder({ request }: { request: RequestDetail }) {
  const layers = useResource("GET /api/overview").data?.layers ?? [];
  const decided = request.ladder.findLastIndex((rung) => rung.reached && rung.verdict !== "not evaluated");
  return (
    <section class="card" aria-label="The layers">
      <h3>The way through the layers</h3>
      <ol class="ladder">
        {request.ladder.map((rung, index) => (
          <Step
            key={rung.layer}
            rung={rung}
            isDeciding={index === decided}
            checks={layers.find(({ name }) => name === rung.layer)?.checks}
          />
        ))}
      </ol>
    </section>
  );
}

function Step({ rung, isDeciding, checks }: { rung: Rung; isDeciding: boolean; checks: string | undefined }) {
  const verdict = rung.reached ? rung.verdict : "not reached";
  const tone = VERDICT_TONES[verdict];
  return (
    <li class={`rung ${tone} ${isDeciding ? "deciding" : ""}`} data-layer={rung.layer} data-verdict={verdict}>
      <details open={isDeciding}>
        <summary>
          <span class="layer">{rung.layer}</span>
          <Badge tone={tone}>{verdict}</Badge>
          <span class="what">{rung.reached ? rung.detail : ""}</span>
          <span class="took">{rung.reached ? duration(rung.durationMs) : ""}</span>
        </summary>
        <div class="rung-body">
          {checks !== undefined && <p class="muted">Checks {checks}.</p>}
          {rung.reached ? (
            <RungFacts facts={rung.facts} />
          ) : (
            <p>The request was decided before it came here.</p>
          )}
        </div>
      </details>
    </li>
  );
}
