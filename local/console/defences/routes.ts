import type { Attacker } from "./attacker";
import { type Attack, addressesOf, type Defence, OWASP } from "./defence";

const RESOURCE = "aws_api_gateway_resource";
const METHOD = "aws_api_gateway_method";

/** Taken out, the API has what somebody forgot there: `GET /debug`, without an authorizer. */
const KNOWN_ROUTES: Defence = {
  id: "known-routes",
  layer: "API Gateway, routing",
  setting: `${RESOURCE}, ${METHOD}`,
  addresses: (deployment) => addressesOf(deployment, METHOD),
  takeOut(copy) {
    const [method] = copy.ofType(METHOD).filter((one) => one.value("authorizer_id") !== undefined);
    const at = (type: string) =>
      copy.ofType(type).find((one) => one.value("resource_id") === method?.value("resource_id"));
    const [resource, integration] = [copy.ofType(RESOURCE)[0], at("aws_api_gateway_integration")];
    const api = copy
      .ofType("aws_api_gateway_rest_api")
      .find((one) => one.value("id") === method?.value("rest_api_id"));
    if (resource === undefined || method === undefined || integration === undefined) return;
    const place = { resource_id: "debug0", http_method: "GET" };
    copy.addLike(resource, "debug", {
      ...{ id: "debug0", path_part: "debug", parent_id: String(api?.value("root_resource_id")) },
      rest_api_id: String(api?.value("id")),
    });
    copy.addLike(method, "GET-debug", { ...place, authorization: "NONE" });
    for (const forgotten of copy.ofType(METHOD).filter((one) => one.address === `${METHOD}.GET-debug`))
      for (const key of ["authorizer_id", "authorization_scopes", "request_validator_id", "request_models"])
        forgotten.unset(key);
    copy.addLike(integration, "GET-debug", place);
    for (const permission of copy.ofType("aws_lambda_permission").slice(0, 1))
      copy.addLike(permission, "GET-debug", {
        statement_id: "debug",
        source_arn: String(permission.value("source_arn")).replace(/[^/]*\/[^/]*$/, "GET/debug"),
      });
  },
};

/** Where tools and frameworks leave something by default. */
const WORDLIST = [
  ...[".env", ".git/config", "actuator/env", "admin", "debug", "health", "openapi.json", "swagger.json"],
  ...["ping", "restapis", "_user_request_"],
];

/** @returns the paths at which something is */
async function look(attacker: Attacker, paths: readonly string[]): Promise<string[]> {
  const stage = attacker.target.path.split("/")[1];
  const found: string[] = [];
  for (const path of paths) {
    const shot = { title: `GET /${path}`, method: "GET", path: `/${stage}/${path}`, body: "" };
    const [answer] = await attacker.send(shot);
    if (answer !== undefined && attacker.layerOf(answer) !== "routing") found.push(`/${path}`);
  }
  return found;
}

function looking(id: string, threat: string, paths: readonly string[]): Attack {
  return {
    ...{ id, threat, owasp: OWASP.API9, defence: KNOWN_ROUTES },
    async run(attacker) {
      const found = await look(attacker, paths);
      return {
        succeeded: found.length > 0,
        summary: found.length > 0 ? `${found.join(", ")} answers anybody.` : "There is nothing there.",
      };
    },
  };
}

/** The attacks on what nobody remembers. */
export const routeAttacks: readonly Attack[] = [
  looking("forgotten-route", "A route, method or stage is there that nobody knows of", ["debug"]),
  looking("default-endpoints", "Somebody looks for default and debugging endpoints", WORDLIST),
];
