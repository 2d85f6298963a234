import { ApiGatewayResource } from "@cdktf/provider-aws/lib/api-gateway-resource";
import type { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { Construct } from "constructs";
import { pathId } from "./route";

/**
 * The API's paths, each segment created once however many routes share it.
 *
 * Creates `aws_api_gateway_resource`.
 */
export class ApiResources extends Construct {
  private readonly byPath = new Map<string, ApiGatewayResource>();

  constructor(
    scope: Construct,
    id: string,
    private readonly api: ApiGatewayRestApi,
  ) {
    super(scope, id);
  }

  get all(): ApiGatewayResource[] {
    return [...this.byPath.values()];
  }

  /** The id of the resource of that path: `/lambda1`. */
  resourceId(path: string): string {
    if (path === "") return this.api.rootResourceId;
    const known = this.byPath.get(path);
    if (known) return known.id;
    const slash = path.lastIndexOf("/");
    const resource = new ApiGatewayResource(this, pathId(path), {
      restApiId: this.api.id,
      parentId: this.resourceId(path.slice(0, slash)),
      pathPart: path.slice(slash + 1),
    });
    this.byPath.set(path, resource);
    return resource.id;
  }
}
