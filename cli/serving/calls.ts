import type { Calls } from "../../local/command/banner";
import { quoted } from "../../local/command/banner";
import { DEFAULT_ENDPOINTS_FILE } from "../../local/command/endpoints";
import { handlers } from "../../stacks/secure-edge/handlers";
import { isSignedIn, takesBody, userPoolsOf } from "../../stacks/secure-edge/route";
import { routes } from "../../stacks/secure-edge/routes";
import { localTarget, nameAt } from "../common/target";

/** Calls of the first route that takes a token, with the names that it has in this environment. */
export const calls: Calls = ({ endpoints }, file = DEFAULT_ENDPOINTS_FILE) => {
  const target = localTarget(endpoints);
  const route = routes
    .filter(isSignedIn)
    .find((route) => target.userPools.some(({ name }) => userPoolsOf(route).includes(name)));
  if (route === undefined) return [];
  const { body } = handlers[route.handler].example({
    functionName: nameAt(target, route.functionName),
    nameOf: (name) => nameAt(target, name),
    word: "Ada",
  });
  const data = takesBody(route)
    ? ` \\\n    -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`
    : "";
  const choice = file === DEFAULT_ENDPOINTS_FILE ? "" : ` --endpoints ${quoted(file)}`;
  return [
    `TOKEN=$(npm run --silent token -- --pool ${userPoolsOf(route)[0]}${choice})`,
    `curl -X ${route.method} ${endpoints.invokeUrl}${route.path} -H "Authorization: $TOKEN"${data}`,
    `npm run verify${choice && ` --${choice}`}`,
    `AWS_ENDPOINT_URL=${endpoints.awsEndpointUrl} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local \\`,
    `  aws logs filter-log-events --log-group-name /aws/lambda/${nameAt(target, "InternalLambda")} --region ${endpoints.region}`,
  ];
};
