import type { Value } from "../../../local/deployment/attributes";
import { Deployment, Resource } from "../../../local/deployment/deployment";

export const account = "123456789012";
export const roleArn = `arn:aws:iam::${account}:role/R`;
export const topicArn = `arn:aws:sns:us-east-1:${account}:T`;
export const functionArn = `arn:aws:lambda:us-east-1:${account}:function:F`;

type Values = Record<string, Value>;

/** A deployment of the resources given by address, with one role `R` and nothing it may do. */
export function deploymentOf(resources: Record<string, Values>, role: Values = {}): Deployment {
  const all: Record<string, Values> = {
    "aws_iam_role.R": { arn: roleArn, name: "R", assume_role_policy: policy(trust()), ...role },
    ...resources,
  };
  return new Deployment(
    "us-east-1",
    account,
    {},
    Object.entries(all).map(([address, values]) => {
      return new Resource("stack", address, address.split(".")[0] ?? "", values);
    }),
    {},
  );
}

export function policy(...statements: Values[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

export function allow(action: string, resource: string, more: Values = {}): Values {
  return { Effect: "Allow", Action: action, Resource: resource, ...more };
}

export function deny(action: string, resource: string, more: Values = {}): Values {
  return { ...allow(action, resource, more), Effect: "Deny" };
}

export function trust(service = "lambda.amazonaws.com"): Values {
  return { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } };
}
