import type { Person, TryRequest } from "../../contract";
import { setQuery } from "../kit/router";

/** Drawn on 20 × 20, strokes only. */
const FACES: Readonly<Record<Person["kind"], string>> = {
  nobody: "M10 10a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M3 17.500c.6-3 3.200-5 7-5M13 14l4 4m0-4-4 4",
  forger:
    "M3 7c2-1.500 4-1.500 7 0 3-1.500 5-1.500 7 0 0 5-2 7-4 7-1.500 0-2-1.500-3-1.500S8.500 14 7 14c-2 0-4-2-4-7M6 9.500h2M12 9.500h2",
  "expired token": "M10 17.500a7.500 7.500 0 1 0 0-15 7.500 7.500 0 0 0 0 15M10 5.500V10l3 2",
  "access token": "M7 13a4 4 0 1 0 0-8 4 4 0 0 0 0 8M11 9h7v3M15 9v2.500",
  user: "M10 10a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M3 17.500c.6-3.200 3.200-5 7-5s6.400 1.800 7 5",
};

/** The route's own people first: nobody, its pool's, then the others'. */
function inOrder(people: readonly Person[], poolIds: readonly string[]): Person[] {
  const isOwn = ({ poolId }: Person) => poolId === undefined || poolIds.includes(poolId);
  return [...people.filter(isOwn), ...people.filter((person) => !isOwn(person))];
}

/** Who may send the request, to choose from. */
export function People({
  people,
  request,
  poolIds,
}: {
  people: readonly Person[];
  request: TryRequest;
  poolIds: readonly string[];
}) {
  return (
    <fieldset class="people">
      <legend>As whom</legend>
      {inOrder(people, poolIds).map(({ id, kind, name, detail }) => (
        <label key={id} class={request.person === id ? "person chosen" : "person"}>
          <input
            type="radio"
            name="person"
            value={id}
            checked={request.person === id}
            onChange={() => setQuery({ person: id })}
          />
          <span class={`face ${kind.split(" ")[0]}`} aria-hidden="true">
            <svg viewBox="0 0 20 20" role="presentation">
              <path d={FACES[kind]} />
            </svg>
          </span>
          <span>
            <b>{name}</b>
            <span class="muted">{detail}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
