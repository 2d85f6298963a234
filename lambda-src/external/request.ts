import * as v from "valibot";
import { nameProblem } from "../common/name";
import { type ProxyRequest, type Reading, readBody } from "../common/request";

const SHAPE = 'The body must be a JSON object with "name" and no other property.';

const nameSchema = v.custom<string>(
  (value) => nameProblem(value) === undefined,
  ({ input }) => nameProblem(input) ?? "",
);

const bodySchema = v.pipe(
  v.strictObject({ name: nameSchema }, SHAPE),
  v.transform(({ name }) => name),
);

/** The name in the request's body. */
export function readName(request: ProxyRequest): Reading<string> {
  return readBody(request, bodySchema);
}
