import { type ApiRoute, fittingBody, routesOf } from "../api";
import { type PoolUser, poolUsers, type Scene } from "../people";
import type { Attack } from "./defence";

/** Where an attack goes: a method with an authorizer, and a user that it lets in. */
export interface Target {
  readonly route: ApiRoute;
  /** `/development/lambda1` */
  readonly path: string;
  readonly body: string;
  readonly user: PoolUser;
}

/** The first method with an authorizer that the attack aims at, with a user whom it lets in; `undefined` where there is none. */
export async function findTarget(
  scene: Scene,
  { aimsAt = () => true }: Pick<Attack, "aimsAt">,
): Promise<Target | undefined> {
  const users = await poolUsers(scene);
  const [stage] = scene.host.runtime.inside.ports.edge.stageNames;
  // As the deployment was given: the route is still the target when its authorizer was taken out.
  const { original } = scene.host;
  const routes = routesOf(original).filter((route) => aimsAt(route, original));
  // Most attacks bring an ID token, which a route with scopes does not take.
  routes.sort((one, other) => scopesOf(one) - scopesOf(other));
  for (const route of routes) {
    const arns = route.method.authorization?.authorizer.userPoolArns ?? [];
    const user = users.find(
      ({ poolId, isConfirmed }) => isConfirmed && arns.some((arn) => arn.endsWith(`/${poolId}`)),
    );
    if (user === undefined || stage === undefined || route.path.includes("{")) continue;
    return { route, path: `/${stage}${route.path}`, body: fittingBody(route) ?? "{}", user };
  }
  return undefined;
}

function scopesOf({ method }: ApiRoute): number {
  return method.authorization?.scopes.length ?? 0;
}
