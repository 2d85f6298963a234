import { openApiDocuments } from "../openapi";
import type { Routes } from "./contract";
import { CallError } from "./routes/call";
import type { View } from "./view";

/** The API's document; its address is the one that answers here. */
export function openApiOf({ host }: View, asked: string | null): Routes["GET /api/openapi"]["answer"] {
  const { inside, awsEndpointUrl } = host.runtime;
  const documents = openApiDocuments(inside.deployment);
  const stage = asked ?? [...documents.keys()][0] ?? "";
  const document = documents.get(stage);
  if (document === undefined)
    throw new CallError(
      404,
      `stage is ${JSON.stringify(asked)}; there is ${[...documents.keys()].join(", ") || "none"}`,
    );
  return { stage, document: { ...document, servers: [{ url: `${awsEndpointUrl}/${stage}` }] } };
}
