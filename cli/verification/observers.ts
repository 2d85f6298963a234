import { setTimeout as sleep } from "node:timers/promises";
import {
  APIGatewayClient,
  GetResourcesCommand,
  GetRestApisCommand,
  TestInvokeMethodCommand,
} from "@aws-sdk/client-api-gateway";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetSampledRequestsCommand, ListWebACLsCommand, WAFV2Client } from "@aws-sdk/client-wafv2";
import { clientConfig } from "../common/aws-clients";
import type { Target } from "../common/target";

/** Doubled after each look, up to the longest. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = { local: 200, aws: 5000 };
const PATIENCE_MS = { local: 10_000, aws: 180_000 };

/** Looks from the side at what the requests led to: in the logs, in the web ACL's samples, in API Gateway's own test. */
export class Observers {
  private readonly logs: CloudWatchLogsClient;
  private readonly waf: WAFV2Client;
  private readonly apiGateway: APIGatewayClient;
  private readonly startedAt = new Date();

  constructor(
    private readonly target: Target,
    private readonly signal?: AbortSignal,
  ) {
    const config = clientConfig(target);
    this.logs = new CloudWatchLogsClient(config);
    this.waf = new WAFV2Client(config);
    this.apiGateway = new APIGatewayClient(config);
  }

  /** Waits for a line in a function's log that holds the text; `undefined` when none comes in time. */
  async logLine(functionName: string, text: string): Promise<string | undefined> {
    return this.poll(async () => {
      const { events = [] } = await this.logs.send(
        new FilterLogEventsCommand({
          logGroupName: `/aws/lambda/${functionName}`,
          filterPattern: `"${text}"`,
          startTime: this.startedAt.getTime(),
        }),
        { abortSignal: this.signal },
      );
      return events[0]?.message;
    });
  }

  /** How many of the requests since the start the web ACL's rule counted, blocked or let in; waits for the first. */
  async sampledRequests(webAclName: string, ruleName: string): Promise<number> {
    const { WebACLs: webAcls = [] } = await this.waf.send(new ListWebACLsCommand({ Scope: "REGIONAL" }), {
      abortSignal: this.signal,
    });
    const webAcl = webAcls.find(({ Name: name }) => name === webAclName);
    if (webAcl === undefined) throw new Error(`there is no web ACL ${webAclName}`);
    const count = await this.poll(async () => {
      const { SampledRequests: samples = [] } = await this.waf.send(
        new GetSampledRequestsCommand({
          WebAclArn: webAcl.ARN,
          RuleMetricName: `${webAclName}-${ruleName}`,
          Scope: "REGIONAL",
          TimeWindow: { StartTime: this.startedAt, EndTime: new Date(Date.now() + 1000) },
          MaxItems: 500,
        }),
        { abortSignal: this.signal },
      );
      return samples.length || undefined;
    });
    return count ?? 0;
  }

  /** API Gateway's own test of a method: the integration is called, no authorizer asked. Status and body. */
  async testMethod(
    apiName: string,
    test: {
      readonly method: string;
      /** As the API has it: `/orders/{id}`. */
      readonly resourcePath: string;
      /** `/orders/7?page=1` */
      readonly pathWithQuery: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string | undefined;
    },
  ): Promise<{ status?: number; body?: string }> {
    const abortSignal = this.signal;
    const { items: apis = [] } = await this.apiGateway.send(new GetRestApisCommand({ limit: 500 }), {
      abortSignal,
    });
    const restApiId = apis.find(({ name }) => name === apiName)?.id;
    if (restApiId === undefined) throw new Error(`there is no REST API ${apiName}`);
    const { items: resources = [] } = await this.apiGateway.send(
      new GetResourcesCommand({ restApiId, limit: 500 }),
      { abortSignal },
    );
    const resourceId = resources.find((resource) => resource.path === test.resourcePath)?.id;
    if (resourceId === undefined) throw new Error(`${apiName} has no resource ${test.resourcePath}`);
    return this.apiGateway.send(
      new TestInvokeMethodCommand({
        restApiId,
        resourceId,
        httpMethod: test.method,
        pathWithQueryString: test.pathWithQuery,
        body: test.body,
        headers: test.headers,
      }),
      { abortSignal },
    );
  }

  close(): void {
    for (const client of [this.logs, this.waf, this.apiGateway]) client.destroy();
  }

  private async poll<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
    const { kind } = this.target;
    const deadline = Date.now() + PATIENCE_MS[kind];
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS[kind])) {
      const found = await look();
      if (found !== undefined || Date.now() > deadline) return found;
      await sleep(pause, undefined, { signal: this.signal });
    }
  }
}
