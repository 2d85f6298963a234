import type { Deployment, Resource } from "../../deployment/deployment";
import { isObject } from "../../kernel/json";
import type { FunctionDirectory } from "./function-directory";

/**
 * The functions that AWS runs by the clock or because of an event, each with what runs it: `aws_scheduler_schedule`, and the targets of
 * an `aws_cloudwatch_event_rule`. Nothing runs them here.
 */
export function scheduleWarnings(deployment: Deployment, directory: FunctionDirectory): string[] {
  const schedules = deployment
    .ofType("aws_scheduler_schedule")
    .map((resource) => ({ resource, arn: targetOf(resource), when: resource.values.schedule_expression }));
  const rules = deployment.ofType("aws_cloudwatch_event_rule");
  const targets = deployment.ofType("aws_cloudwatch_event_target").map((resource) => {
    const rule = rules.find(({ values }) => values.name === resource.values.rule)?.values;
    return { resource, arn: resource.values.arn, when: rule?.schedule_expression };
  });
  return [...schedules, ...targets].flatMap(({ resource, arn, when }) => {
    const name = functionName(directory, arn);
    if (name === undefined) return [];
    const runs = typeof when === "string" && when !== "" ? `at ${when}` : "when its rule's event comes";
    return [
      `${resource.address}: on AWS it runs ${name} ${runs}; here \`aws lambda invoke --function-name ${name} …\` does, once`,
    ];
  });
}

/** Terraform writes the only block of a kind as an object or in a list. */
function targetOf({ values }: Resource): unknown {
  const target: unknown = Array.isArray(values.target) ? values.target[0] : values.target;
  return isObject(target) ? target.arn : undefined;
}

function functionName(directory: FunctionDirectory, arn: unknown): string | undefined {
  if (typeof arn !== "string") return undefined;
  try {
    return directory.require(arn).settings.name;
  } catch {
    return undefined;
  }
}
