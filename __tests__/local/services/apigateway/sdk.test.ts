import {
  APIGatewayClient,
  GetApiKeysCommand,
  GetGatewayResponsesCommand,
  GetMethodCommand,
  GetResourcesCommand,
  GetRestApisCommand,
  GetStagesCommand,
  GetUsagePlansCommand,
  TestInvokeMethodCommand,
} from "@aws-sdk/client-api-gateway";
import { administrator, type RunningEndpoint, startEndpoint } from "../../aws-api/running-endpoint";
import { API_ID, Bench, baseResources, usagePlan } from "./fixture";

describe("the AWS SDK", () => {
  let endpoint: RunningEndpoint;
  let client: APIGatewayClient;

  beforeAll(async () => {
    const bench = new Bench({ ...baseResources(), ...usagePlan() });
    endpoint = await startEndpoint([bench.service]);
    client = new APIGatewayClient({
      endpoint: endpoint.url,
      region: "us-east-1",
      credentials: administrator,
    });
  });

  afterAll(async () => {
    client.destroy();
    await endpoint.close();
  });

  test("finds a method from the API's name on, and tests it", async () => {
    const apis = await client.send(new GetRestApisCommand({}));
    const restApiId = apis.items?.[0]?.id;
    const resources = await client.send(new GetResourcesCommand({ restApiId, embed: ["methods"] }));
    const lambda1 = resources.items?.find(({ path }) => path === "/lambda1");
    const result = await client.send(
      new TestInvokeMethodCommand({
        restApiId,
        resourceId: lambda1?.id,
        httpMethod: "POST",
        body: '{"name":"Ada"}',
      }),
    );

    expect(restApiId).toBe(API_ID);
    expect(lambda1?.resourceMethods?.POST?.authorizationType).toBe("COGNITO_USER_POOLS");
    expect(result).toMatchObject({ status: 200, body: '{"message":"hello"}', latency: 0 });
    expect(result.log).toContain("Method completed with status: 200");
  });

  test("reads stages, plans and keys with their types", async () => {
    const stages = await client.send(new GetStagesCommand({ restApiId: API_ID }));
    const plans = await client.send(new GetUsagePlansCommand({}));
    const keys = await client.send(new GetApiKeysCommand({ includeValues: true }));
    const named = await client.send(new GetApiKeysCommand({ nameQuery: "nobody's" }));
    const responses = await client.send(new GetGatewayResponsesCommand({ restApiId: API_ID }));

    expect(stages.item?.[0]).toMatchObject({ stageName: "development", createdDate: expect.any(Date) });
    expect(plans.items?.[0]?.apiStages).toEqual([{ apiId: API_ID, stage: "development" }]);
    expect(keys.items?.[0]?.value).toBe("client-key-value-0001");
    expect(named.items).toEqual([]);
    expect(responses.items).toHaveLength(21);
  });

  test("gets AWS's error for what is not there", async () => {
    const call = client.send(
      new GetMethodCommand({ restApiId: API_ID, resourceId: "none", httpMethod: "GET" }),
    );

    await expect(call).rejects.toMatchObject({
      name: "NotFoundException",
      message: "Invalid Resource identifier specified",
    });
  });
});
