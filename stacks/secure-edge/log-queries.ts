import { CloudwatchQueryDefinition } from "@cdktf/provider-aws/lib/cloudwatch-query-definition";
import { Construct } from "constructs";

export interface LogQueriesProps {
  /** The folder of the queries in CloudWatch. */
  readonly folder: string;
  readonly accessLogGroupName: string;
  readonly functionLogGroupNames: readonly string[];
  /** `undefined` where the web ACL writes no log. */
  readonly webAclLogGroupName: string | undefined;
}

/**
 * The questions that come up in an incident, saved where they are asked: CloudWatch Logs Insights. To keep them costs
 * nothing; to run one costs what it reads.
 *
 * Creates `aws_cloudwatch_query_definition`.
 */
export class LogQueries extends Construct {
  constructor(scope: Construct, id: string, props: LogQueriesProps) {
    super(scope, id);
    const access = [props.accessLogGroupName];
    this.save("refused-by-layer", props, access, [
      "filter status >= 400",
      "stats count(*) as answers by status, errorType, authorizerError, validationError",
      "sort answers desc",
    ]);
    this.save("refused-by-source", props, access, [
      "filter status in [401, 403, 429]",
      "stats count(*) as refused, count_distinct(path) as paths by sourceIp",
      "sort refused desc",
      "limit 50",
    ]);
    this.save("requests-of-a-user", props, access, [
      "fields @timestamp, method, path, status, sourceIp",
      'filter sub = "put the sub claim here"',
      "sort @timestamp desc",
    ]);
    this.save("slowest-requests", props, access, [
      "fields @timestamp, method, path, status, latencyMs, requestId",
      "sort latencyMs desc",
      "limit 50",
    ]);
    this.save("function-errors", props, props.functionLogGroupNames, [
      'filter level = "ERROR" or @message like /Task timed out|Runtime exited/',
      "fields @timestamp, @log, message, @message",
      "sort @timestamp desc",
      "limit 100",
    ]);
    if (props.webAclLogGroupName !== undefined) {
      this.save(
        "blocked-by-rule",
        props,
        [props.webAclLogGroupName],
        [
          'filter action = "BLOCK"',
          "stats count(*) as blocked by terminatingRuleId, httpRequest.clientIp, httpRequest.uri",
          "sort blocked desc",
          "limit 50",
        ],
      );
    }
  }

  private save(
    id: string,
    { folder }: LogQueriesProps,
    logGroupNames: readonly string[],
    query: readonly string[],
  ): void {
    new CloudwatchQueryDefinition(this, id, {
      name: `${folder}/${id}`,
      logGroupNames: [...logGroupNames],
      queryString: query.join("\n| "),
    });
  }
}
