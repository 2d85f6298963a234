import type { Deployment } from "../../deployment/deployment";
import { isObject, parseJson } from "../../kernel/json";
import type { ApiRoute } from "../api";
import { type Attack, addressesOf, type Defence, OWASP, oneRequest } from "./defence";
import { claimsOf, headerOf, selfSigned, somebodyElse } from "./forged-token";
import { AUTHORIZER, POOLS_OF_AUTHORIZER } from "./token-defences";

const FUNCTION = "aws_lambda_function";
const METHOD = "aws_api_gateway_method";
const ANY_SIGN_IN = "aws.cognito.signin.user.admin";

/** What the function is told of its routes' groups: `{"POST /lambda1": ["admins"]}`. */
function routeGroupsOf(deployment: Deployment, { method }: ApiRoute): Readonly<Record<string, unknown>> {
  const { integration } = method;
  const name = "functionArn" in integration ? integration.functionArn.split(":")[6] : undefined;
  const fn = deployment.find(FUNCTION, "function_name", name ?? "");
  const [environment] = [fn?.values.environment ?? []].flat();
  const variables = isObject(environment) && isObject(environment.variables) ? environment.variables : {};
  const groups = parseJson(String(variables.ROUTE_GROUPS ?? "{}"));
  return isObject(groups) ? groups : {};
}

const GROUPS: Defence = {
  id: "route-groups",
  layer: "The function",
  setting: `${FUNCTION}.environment: ROUTE_GROUPS`,
  turnedOnBy: "a route's groups",
  addresses: (deployment) =>
    addressesOf(deployment, FUNCTION, ({ environment }) =>
      JSON.stringify(environment ?? "").includes("ROUTE_GROUPS"),
    ),
  takeOut(copy) {
    for (const fn of copy.ofType(FUNCTION))
      fn.changeBlocks("environment", (block) => {
        if (!isObject(block.variables)) return block;
        const { ROUTE_GROUPS: _groups, ...variables } = block.variables;
        return { ...block, variables };
      });
  },
};

const hasScopes = ({ authorization_scopes: scopes }: Readonly<Record<string, unknown>>) =>
  [scopes ?? []].flat().length > 0;

const ROUTE_SCOPES: Defence = {
  id: "route-scopes",
  layer: "Cognito authorizer",
  setting: `${METHOD}.authorization_scopes: a route's own`,
  turnedOnBy: "a route's scopes",
  addresses: (deployment) => addressesOf(deployment, METHOD, hasScopes),
  takeOut(copy) {
    for (const method of copy.ofType(METHOD)) {
      const scopes = [method.value("authorization_scopes") ?? []].flat();
      if (scopes.length > 0) method.set("authorization_scopes", [...scopes, ANY_SIGN_IN]);
    }
  },
};

/** The attacks of signed-in users on what is not for them. */
export const authorizationAttacks: readonly Attack[] = [
  {
    id: "other-pools-function",
    owasp: OWASP.API1,
    threat: "A user of one pool calls the other pool's function",
    defence: POOLS_OF_AUTHORIZER,
    run: oneRequest("authorizer", async (attacker) => ({
      title: "the token of a user of another pool",
      token: await attacker.tokenOfOtherPool(),
    })),
  },
  {
    id: "forged-victim",
    owasp: OWASP.API1,
    threat: "A forged token names a victim",
    defence: AUTHORIZER,
    run: oneRequest("authorizer", async (attacker) => {
      const token = await attacker.token();
      return {
        title: "a token with somebody else's name, signed by the attacker",
        token: selfSigned({ kid: headerOf(token).kid }, somebodyElse(claimsOf(token))),
      };
    }),
  },
  {
    id: "no-group",
    owasp: OWASP.API5,
    threat: "A user who is in none of a route's groups calls it",
    defence: GROUPS,
    aimsAt: (route, deployment) => {
      const groups = routeGroupsOf(deployment, route)[`${route.method.httpMethod} ${route.path}`];
      return Array.isArray(groups) && groups.length > 0;
    },
    async run(attacker) {
      // Whoever the target's user is: the token says nothing of groups.
      const token = await attacker.token("id", { "cognito:groups": undefined });
      const [answer] = await attacker.send({ title: "a user without groups", token });
      const succeeded = answer?.status !== 403;
      return {
        succeeded,
        summary: succeeded ? "The function serves any user of the pool." : "The function refuses the user.",
      };
    },
  },
  {
    id: "other-scope",
    owasp: OWASP.API5,
    threat: "An access token that was given for something else calls a route with scopes",
    defence: ROUTE_SCOPES,
    aimsAt: ({ method }) => (method.authorization?.scopes.length ?? 0) > 0,
    run: oneRequest("authorizer", async (attacker) => ({
      title: `an access token with the scope ${ANY_SIGN_IN}`,
      token: await attacker.token("access"),
    })),
  },
];
