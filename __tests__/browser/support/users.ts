import { randomUUID } from "node:crypto";
import { TEST_PASSWORD } from "../../support/local-runtime";
import { deployment } from "./browser";

/** Calls Cognito as the account's administrator. */
export async function cognito(operation: string, input: object): Promise<Record<string, unknown>> {
  const { awsEndpointUrl, region } = deployment();
  const answer = await fetch(awsEndpointUrl, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
      Authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/x/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  const body = (await answer.json()) as Record<string, unknown>;
  if (!answer.ok) throw new Error(`${operation}: ${JSON.stringify(body)}`);
  return body;
}

/** A confirmed user of a pool whose password is `TEST_PASSWORD`; the address, which is the name to sign in with. */
export async function createUser(pool = deployment().userPools[0]): Promise<string> {
  const email = `visitor-${randomUUID()}@example.com`;
  const user = { UserPoolId: pool?.id, Username: email };
  await cognito("AdminCreateUser", {
    ...user,
    MessageAction: "SUPPRESS",
    UserAttributes: [
      { Name: "email", Value: email },
      { Name: "email_verified", Value: "true" },
    ],
  });
  await cognito("AdminSetUserPassword", { ...user, Password: TEST_PASSWORD, Permanent: true });
  return email;
}

/** The newest code that was sent there. */
export async function codeFor(email: string): Promise<string> {
  const answer = await fetch(`${deployment().inboxUrl}?format=json&to=${encodeURIComponent(email)}`);
  const { messages } = (await answer.json()) as { messages: { code: string }[] };
  return messages[0]?.code ?? "";
}
