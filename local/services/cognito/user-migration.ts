import { AwsError } from "../../kernel/aws-error";
import { isObject, type JsonObject } from "../../kernel/json";
import { generatePassword } from "./password";
import type { Attempt } from "./sign-in";
import type { TriggerSource } from "./trigger-settings";
import { attributesOfNewUser } from "./user-attributes";

/**
 * Asks the user migration trigger for a user that the pool does not have, and creates the one that it answers with. A pool
 * without the trigger, or an answer without attributes, leaves everything as it is: the name is nobody's.
 *
 * The password is taken whatever the policy says, and a user who is not `CONFIRMED` must reset it (Amazon Cognito Developer
 * Guide, Migrate user Lambda trigger). No welcome message is sent here. What AWS answers to attributes that it cannot take
 * is not documented (boto/boto3#2747 saw "Incorrect username or password"): here the answer says what is wrong with them.
 *
 * @param password as entered; left out where it was forgotten
 */
export async function migrateUser(
  { pool, client, validation, metadata }: Attempt,
  source: TriggerSource & `UserMigration_${string}`,
  name: string,
  password?: string,
): Promise<void> {
  const response = await pool.triggers.run(source, {
    userName: name,
    clientId: client.id,
    request: { password, validationData: validation, clientMetadata: metadata },
  });
  const { settings, users, clock } = pool;
  // Another call may have created the user meanwhile.
  if (!isObject(response?.userAttributes) || users.find(name) !== undefined) return;
  const isConfirmed = response.finalUserStatus === "CONFIRMED";
  users.create(
    {
      username: name,
      attributes: takeAttributes(response.userAttributes, (given) =>
        attributesOfNewUser(settings, name, given),
      ),
      status: isConfirmed ? "CONFIRMED" : "RESET_REQUIRED",
      password: password ?? generatePassword(settings.passwordPolicy),
    },
    clock.now(),
  );
}

function takeAttributes(
  given: JsonObject,
  check: (attributes: ReadonlyMap<string, string>) => Map<string, string>,
): Map<string, string> {
  try {
    return check(new Map(Object.entries(given).map(([name, value]) => [name, String(value)])));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError("InvalidLambdaResponseException", `UserMigration: ${error.message}`);
  }
}
