import { nameClashes } from "../../../local/deployment/ledger";
import { ledger } from "../../../local/load";
import { deploymentOf, resourceAt } from "../../support/deployment";

const fn = (address: string, name: string) =>
  resourceAt(`aws_lambda_function.${address}`, { arn: `arn:aws:lambda:eu-west-1:1:function:${name}` });
const permission = (address: string, statement_id: string | null) =>
  resourceAt(`aws_lambda_permission.${address}`, { function_name: "F", statement_id });

test("two functions of one name stop the start, which names both", () => {
  const deployment = deploymentOf(fn("First", "F"), fn("Second", "F"), fn("Third", "G"));

  expect(() => ledger.requireAcceptable(deployment)).toThrow(
    /aws_lambda_function.Second .*: aws_lambda_function.First is arn:aws:lambda:eu-west-1:1:function:F already; give this one another name/,
  );
});

test("a statement of a function's policy has a name of its own", () => {
  const clashes = nameClashes(deploymentOf(permission("First", "S"), permission("Second", "S")));

  expect(clashes).toEqual([expect.stringContaining("aws_lambda_permission.First is F, S already")]);
  expect(nameClashes(deploymentOf(permission("First", "S"), permission("Second", "T")))).toEqual([]);
});

test("a secret and a function may have one name", () => {
  const secret = resourceAt("aws_secretsmanager_secret.S", { name: "F" });

  expect(nameClashes(deploymentOf(secret, resourceAt("aws_iam_role.R", { arn: "F" })))).toEqual([]);
});
