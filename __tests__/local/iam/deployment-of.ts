import type { Deployment } from "../../../local/deployment/deployment";
import { ACCOUNT, deploymentOf as deploymentOfResources, type Values } from "../../support/deployment";

export const account = ACCOUNT;
export const roleArn = `arn:aws:iam::${account}:role/R`;
export const topicArn = `arn:aws:sns:us-east-1:${account}:T`;
export const functionArn = `arn:aws:lambda:us-east-1:${account}:function:F`;

/** A deployment of the resources given by address, with one role `R` and nothing it may do. */
export function deploymentOf(resources: Record<string, Values>, role: Values = {}): Deployment {
  const all: Record<string, Values> = {
    "aws_iam_role.R": { arn: roleArn, name: "R", assume_role_policy: policy(trust()), ...role },
    ...resources,
  };
  return deploymentOfResources(all);
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
