import type { CallContext } from "../../../../local/aws-api/service";
import { type AwsService, bindService } from "../../../../local/aws-api/service";
import type { Resource } from "../../../../local/deployment/deployment";
import { AwsError } from "../../../../local/kernel/aws-error";
import type { Members } from "../../../../local/kernel/input";
import type { CodeMessage } from "../../../../local/services/cognito/messages";
import { cognito } from "../../../../local/services/cognito/service";
import {
  createUserDirectory,
  type UserDirectory,
  type UserDirectoryOptions,
} from "../../../../local/services/cognito/user-directory";
import { ACCOUNT, deploymentOf, REGION, resourceAt, type Values } from "../../../support/deployment";
import { keyPairs } from "../../../support/run/key-pairs";
import { TestClock } from "../../../support/test-clock";

export const region = REGION;
export const password = "Correct-Horse-7";

export function poolArn(id: string): string {
  return `arn:aws:cognito-idp:${region}:${ACCOUNT}:userpool/${id}`;
}

/** A pool as the stacks make it: sign-in by e-mail, a code on sign-up, an authenticator app for those who want it. */
export function poolResource(number: number, values: Values = {}): Resource {
  const id = `${region}_Pool${number}`;
  return resourceAt(`aws_cognito_user_pool.MyUserPool${number}`, {
    id,
    arn: poolArn(id),
    name: `MyUserPool${number}`,
    username_attributes: ["email"],
    auto_verified_attributes: ["email"],
    username_configuration: { case_sensitive: false },
    mfa_configuration: "OPTIONAL",
    software_token_mfa_configuration: { enabled: true },
    password_policy: {
      minimum_length: 12,
      require_lowercase: true,
      require_uppercase: true,
      require_numbers: true,
      require_symbols: true,
    },
    ...values,
  });
}

export function clientResource(id: string, poolNumber: number, values: Values = {}): Resource {
  return resourceAt(`aws_cognito_user_pool_client.${id}`, {
    id,
    name: id,
    user_pool_id: `${region}_Pool${poolNumber}`,
    explicit_auth_flows: [
      "ALLOW_USER_PASSWORD_AUTH",
      "ALLOW_ADMIN_USER_PASSWORD_AUTH",
      "ALLOW_REFRESH_TOKEN_AUTH",
    ],
    prevent_user_existence_errors: "ENABLED",
    ...values,
  });
}

const context: CallContext = {
  principal: { kind: "anonymous" },
  requestId: "00000000-0000-4000-8000-000000000000",
  sourceIp: "127.0.0.1",
};

type Functions = UserDirectoryOptions["functions"];

const noFunctions: Functions = {
  invoke: async ({ functionArn }) => {
    throw new Error(`no function ${functionArn}`);
  },
};

/** The directory of a deployment, with its clock, the messages it sent, and its API by name. */
export class TestDirectory {
  readonly service: AwsService;

  private constructor(
    readonly directory: UserDirectory,
    readonly clock: TestClock,
    readonly messages: CodeMessage[],
    readonly notices: readonly string[],
  ) {
    this.service = bindService(cognito, directory);
  }

  static of(...resources: Resource[]): Promise<TestDirectory> {
    return TestDirectory.running(noFunctions, ...resources);
  }

  /** With functions for the pools' triggers. */
  static async running(functions: Functions, ...resources: Resource[]): Promise<TestDirectory> {
    const clock = new TestClock();
    const messages: CodeMessage[] = [];
    const onCode = (message: CodeMessage) => messages.push(message);
    const notices: string[] = [];
    const notice = (text: string) => notices.push(text);
    const browserUrl = () => "http://127.0.0.1:3000";
    const options = { clock, functions, onCode, notice, browserUrl, makeKeyPair: keyPairs() };
    const directory = createUserDirectory(deploymentOf(...resources), options);
    return new TestDirectory(directory, clock, messages, notices);
  }

  async call(operation: string, input: Members): Promise<Members> {
    const found = this.service.operations[operation];
    if (found === undefined) throw new Error(`no operation ${operation}`);
    return found.handle(input, context);
  }

  /** `Code: message` of the error that the operation answers with; the answer where there is none. */
  async refusal(operation: string, input: Members): Promise<string> {
    try {
      return JSON.stringify(await this.call(operation, input));
    } catch (error) {
      if (error instanceof AwsError) return `${error.code}: ${error.message}`;
      throw error;
    }
  }

  /** Signs in with the password. */
  signIn(username: string, given = password, clientId = "client1"): Promise<Members> {
    return this.call("InitiateAuth", signInInput(username, given, clientId));
  }

  refusedSignIn(username: string, given = password, clientId = "client1"): Promise<string> {
    return this.refusal("InitiateAuth", signInInput(username, given, clientId));
  }

  async tokens(username: string, clientId = "client1"): Promise<Tokens> {
    return tokensIn(await this.signIn(username, password, clientId));
  }

  confirmedUser(email: string, poolNumber = 1): void {
    this.directory.createConfirmedUser({ userPoolId: `${region}_Pool${poolNumber}`, email, password });
  }

  /** Of the users of the first pool, in the order in which they were created. */
  subs(): string[] {
    return this.directory.pools.all[0]?.users.list().map(({ sub }) => sub) ?? [];
  }

  lastCode(): string {
    return this.messages.at(-1)?.code ?? "";
  }
}

function signInInput(username: string, given: string, clientId: string): Members {
  return {
    ClientId: clientId,
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME: username, PASSWORD: given },
  };
}

export interface Tokens {
  readonly id: string;
  readonly access: string;
  readonly refresh: string;
}

export function tokensIn(answer: Members): Tokens {
  const { IdToken, AccessToken, RefreshToken } = members(answer.AuthenticationResult);
  return { id: String(IdToken), access: String(AccessToken), refresh: String(RefreshToken) };
}

/** A structure in an answer. */
export function members(value: unknown): Members {
  if (typeof value !== "object" || value === null) throw new Error(`no structure: ${JSON.stringify(value)}`);
  return Object.fromEntries(Object.entries(value));
}

/** Header or claims of a token. */
export function decode(token: string, part: 0 | 1 = 1): Members {
  return members(JSON.parse(Buffer.from(token.split(".")[part] ?? "", "base64url").toString()));
}

export function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
