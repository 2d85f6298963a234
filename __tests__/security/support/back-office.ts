import type { TestRuntime } from "../../support/local-runtime";
import type { EditableStack } from "../../support/synthesized-folder";
import { ADMINISTRATOR } from "./aws-call";
import { cognito, poolOf } from "./cognito";

/** A second client of MyUserPool1, for administrators: it allows no sign-in from outside. */
export function addBackOfficeClient(edge: EditableStack): void {
  edge.add("aws_cognito_user_pool_client.BackOffice", {
    ...edge.resource("aws_cognito_user_pool_client.MyUserPool1"),
    name: "BackOffice-client",
    explicit_auth_flows: ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
  });
}

export async function backOfficeClientOf(test: TestRuntime): Promise<string> {
  const { id } = poolOf(test, "MyUserPool1");
  const { body } = await cognito(test, "ListUserPoolClients", { UserPoolId: id }, ADMINISTRATOR);
  const clients = body.UserPoolClients as { ClientName: string; ClientId: string }[];
  return clients.find(({ ClientName }) => ClientName === "BackOffice-client")?.ClientId ?? "";
}
