/**
 * The name that AWS knows a thing by: the author's own in `development`, suffixed in every other environment, so that
 * several environments fit into one account.
 */
export function physicalName(environment: string, name: string): string {
  return environment === "development" ? name : `${name}-${environment}`;
}
