import { claimsOf, selfSigned, somebodyElse } from "../../local/console/defences/forged-token";
import { emailOf, TEST_PASSWORD, type TestAnswer, type TestRequest } from "../support/local-runtime";
import type { EditableStack } from "../support/synthesized-folder";
import { useRuntime } from "../support/use-runtime";
import { codeFor, cognito, cognitoError, poolOf, refresh, signIn, tokensIn } from "./support/cognito";
import { expectGatewayError, INVALID_BODY, UNAUTHORIZED } from "./support/gateway-error";
import { ECHO_FUNCTION } from "./support/stolen-function";
import { BUILT_IN, each, NOTHING_TAKES_IT_OUT, type Proof, threatsOf } from "./support/threats";
import { invite, newUser, TEMPORARY_PASSWORD } from "./support/users";

const threat = threatsOf(1, __filename);

/** What of the proxy event these tests look at. */
interface ProxyEvent {
  readonly headers: Readonly<Record<string, string>>;
  readonly requestContext: {
    readonly authorizer?: { readonly claims: Readonly<Record<string, string>> };
    readonly identity: Readonly<Record<string, string | null>>;
    readonly accountId: string;
  };
}

function eventIn({ status, body }: TestAnswer): ProxyEvent {
  if (status !== 200) throw new Error(`the function was not reached: ${status} ${body}`);
  return JSON.parse(body);
}

const VICTIM = "11111111-2222-4333-8444-555555555555";
const context = { authorizer: { claims: { sub: VICTIM } }, identity: { user: VICTIM } };

/** Places in which some framework or proxy looks for who the caller is. */
const spoofs: readonly { readonly place: string; readonly request: TestRequest }[] = [
  {
    place: "headers that carry an event",
    request: {
      headers: [
        ["Content-Type", "application/json"],
        ["X-Apigateway-Event", encodeURIComponent(JSON.stringify({ requestContext: context }))],
        ["X-Amzn-Request-Context", JSON.stringify(context)],
        ["requestContext", JSON.stringify(context)],
        ["claims", JSON.stringify({ sub: VICTIM })],
      ],
    },
  },
  {
    place: "headers of load balancers and proxies",
    request: {
      headers: [
        ["Content-Type", "application/json"],
        ["X-Amzn-Oidc-Identity", VICTIM],
        ["X-Amzn-Oidc-Data", `e30.${encode({ sub: VICTIM })}.AAAA`],
        ["X-Forwarded-User", VICTIM],
        ["X-Remote-User", VICTIM],
      ],
    },
  },
  {
    place: "the query string",
    request: {
      path: `/development/PATH?requestContext=${encodeURIComponent(JSON.stringify(context))}&authorizer.claims.sub=${VICTIM}&sub=${VICTIM}`,
    },
  },
  {
    place: "headers named like properties of every object",
    request: {
      headers: [
        ["Content-Type", "application/json"],
        ["__proto__", JSON.stringify(context)],
        ["constructor", VICTIM],
      ],
    },
  },
];

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function withPath(request: TestRequest, route: string): TestRequest {
  return { ...request, path: (request.path ?? "/development/PATH").replace("PATH", route) };
}

describe("object level authorization", () => {
  const echo = ({ edge }: { readonly edge: EditableStack }) => {
    for (const name of ["ExternalLambda1", "ExternalLambda2"]) edge.replaceCode(name, ECHO_FUNCTION);
  };
  const test = useRuntime({ edit: echo });
  const open = useRuntime({
    edit: ({ edge }) => {
      echo({ edge });
      const method = edge.resource("aws_api_gateway_method.POST-lambda1");
      method.authorization = "NONE";
      delete method.authorizer_id;
      delete method.request_validator_id;
      const { provider_arns, identity_validation_expression } = edge.resource(
        "aws_api_gateway_authorizer.AGAuthorizer1",
      );
      Object.assign(edge.resource("aws_api_gateway_authorizer.AGAuthorizer2"), {
        provider_arns,
        identity_validation_expression,
      });
      edge.resource("aws_cognito_user_pool.MyUserPool1").schema = [
        { name: "role", attribute_data_type: "String", mutable: true },
      ];
      edge.resource("aws_cognito_user_pool_client.MyUserPool1").write_attributes = ["email", "custom:role"];
    },
  });

  describe("the API", () => {
    threat({
      threat: "A user of one pool calls the other pool's function",
      layer: "Cognito authorizer",
      setting: "aws_api_gateway_authorizer.provider_arns",
      attack: each(
        [
          { pool: "MyUserPool1", foreign: "lambda2", own: "lambda1" },
          { pool: "MyUserPool2", foreign: "lambda1", own: "lambda2" },
        ],
        ({ pool, foreign, own }) => [
          `keeps a user of ${pool} away from ${foreign}`,
          async () => {
            const token = await test.token(pool);

            const refused = await test.send({ path: `/development/${foreign}`, token });
            const reached = await test.send({ path: `/development/${own}`, token });

            expectGatewayError(refused, UNAUTHORIZED);
            expect(reached.status).toBe(200);
          },
        ],
      ),
      counterpart: [
        "lets a user of MyUserPool1 reach lambda2 when its authorizer names MyUserPool1",
        async () => {
          const token = await open.token("MyUserPool1");

          const { requestContext } = eventIn(await open.send({ path: "/development/lambda2", token }));

          expect(requestContext.authorizer?.claims.sub).toBe(claimsOf(token).sub);
        },
      ],
    });

    it("gives the function the claims of the verified token, every one as text", async () => {
      const token = await test.token("MyUserPool1");

      const event = eventIn(await test.send({ token }));

      const { claims } = event.requestContext.authorizer ?? {};
      const { sub, aud, email } = claimsOf(token);
      expect(claims).toMatchObject({ sub, aud, email, email_verified: "true", token_use: "id" });
      expect(Object.keys(claims ?? {}).sort()).toEqual(Object.keys(claimsOf(token)).sort());
    });

    threat({
      threat: "A client names somebody else in headers that a framework may trust",
      layer: "Cognito authorizer: claims come from the token alone",
      setting: "aws_api_gateway_method.authorization",
      attack: each(spoofs, ({ place, request }) => [
        `gives the function the verified claims, not those in ${place}`,
        async () => {
          const token = await test.token("MyUserPool1");

          const { requestContext } = eventIn(await test.send({ ...withPath(request, "lambda1"), token }));

          expect(requestContext.authorizer?.claims.sub).toBe(claimsOf(token).sub);
          expect(requestContext.identity).toMatchObject({
            user: null,
            userArn: null,
            caller: null,
            sourceIp: "127.0.0.1",
          });
          expect(JSON.stringify(requestContext)).not.toContain(VICTIM);
        },
      ]),
      counterpart: each(spoofs, ({ place, request }) => [
        `leaves the function nothing but what is in ${place} when the method has no authorizer`,
        async () => {
          const answer = await open.send(withPath(request, "lambda1"));

          expect(answer.body).toContain(VICTIM);
          expect(eventIn(answer).requestContext).not.toHaveProperty("authorizer");
        },
      ]),
    });

    threat({
      threat: "A body brings a request context of its own",
      layer: "Request validation",
      setting: "aws_api_gateway_method.request_validator_id",
      attack: [
        "refuses a body that brings a request context of its own",
        async () => {
          const token = await test.token("MyUserPool1");

          const answer = await test.send({ token, body: { name: "Ada", requestContext: context } });

          expectGatewayError(answer, INVALID_BODY);
        },
      ],
      counterpart: [
        "hands the function a body with a request context of its own when the method has no validator",
        async () => {
          const answer = await open.send({ body: { name: "Ada", requestContext: context } });

          expect(answer.body).toContain(VICTIM);
          expect(JSON.stringify(eventIn(answer).requestContext)).not.toContain(VICTIM);
        },
      ],
    });

    threat({
      threat: "A forged token names a victim",
      layer: "Cognito authorizer",
      setting: "aws_api_gateway_method.authorization",
      attack: [
        "refuses a forged token before the function sees it",
        async () => {
          const token = forgedFrom(await test.token("MyUserPool1"));

          const answer = await test.send({ token });

          expectGatewayError(answer, UNAUTHORIZED);
        },
      ],
      counterpart: [
        "hands a forged token to the function when the method has no authorizer",
        async () => {
          const forged = forgedFrom(await open.token("MyUserPool1"));

          const { headers, requestContext } = eventIn(await open.send({ token: forged }));

          expect(claimsOf(headers.Authorization ?? "").sub).toBe(VICTIM);
          expect(requestContext).not.toHaveProperty("authorizer");
        },
      ],
    });
  });

  describe("the user pools", () => {
    const clientId = () => poolOf(test, "MyUserPool1").clientId;

    const refusesAttribute = ({ attribute, error }: { attribute: string; error: string }): Proof => [
      `refuses the attribute ${attribute} from somebody who signs up`,
      async () => {
        const answer = await cognito(test, "SignUp", {
          ClientId: clientId(),
          Username: "climber@example.com",
          Password: TEST_PASSWORD,
          UserAttributes: [{ Name: attribute, Value: "admin" }],
        });

        expect(answer.body.__type).toBe(error);
      },
    ];

    threat({
      threat: "Somebody signs up with a role",
      layer: "Cognito user pool",
      setting: "aws_cognito_user_pool.schema, aws_cognito_user_pool_client.write_attributes",
      attack: refusesAttribute({ attribute: "custom:role", error: "NotAuthorizedException" }),
      counterpart: [
        "lets whoever signs up choose a role when the client may write that attribute",
        async () => {
          const user = "climber@example.com";
          const ClientId = poolOf(open, "MyUserPool1").clientId;
          await cognito(open, "SignUp", {
            ClientId,
            Username: user,
            Password: TEST_PASSWORD,
            UserAttributes: [{ Name: "custom:role", Value: "admin" }],
          });
          await cognito(open, "ConfirmSignUp", {
            ClientId,
            Username: user,
            ConfirmationCode: codeFor(open, user),
          });
          const { IdToken } = tokensIn(await signIn(open, { user }));

          const { requestContext } = eventIn(
            await open.send({ path: "/development/lambda2", token: IdToken }),
          );

          expect(requestContext.authorizer?.claims["custom:role"]).toBe("admin");
        },
      ],
    });

    threat({
      threat: "Somebody signs up with a verified address, or as somebody else",
      layer: "Cognito user pool",
      setting: BUILT_IN,
      attack: each(
        [
          { attribute: "email_verified", error: "NotAuthorizedException" },
          { attribute: "sub", error: "InvalidParameterException" },
          { attribute: "cognito:username", error: "InvalidParameterException" },
          { attribute: "cognito:groups", error: "InvalidParameterException" },
        ],
        refusesAttribute,
      ),
      counterpart: NOTHING_TAKES_IT_OUT,
    });

    it("refuses at sign-up an address other than the one that gets the code", async () => {
      const { body } = await cognito(test, "SignUp", {
        ClientId: clientId(),
        Username: "attacker@example.com",
        Password: TEST_PASSWORD,
        UserAttributes: [{ Name: "email", Value: "victim@example.com" }],
      });

      expect(body.__type).toBe("InvalidParameterException");
    });

    it("leaves an attribute that looks like claims what it is, text", async () => {
      const user = "storyteller@example.com";
      const name = JSON.stringify({ sub: VICTIM });
      await cognito(test, "SignUp", {
        ClientId: clientId(),
        Username: user,
        Password: TEST_PASSWORD,
        UserAttributes: [{ Name: "name", Value: name }],
      });
      const ConfirmationCode = codeFor(test, user);
      await cognito(test, "ConfirmSignUp", { ClientId: clientId(), Username: user, ConfirmationCode });
      const { IdToken } = tokensIn(await signIn(test, { user }));

      const { requestContext } = eventIn(await test.send({ token: IdToken }));

      expect(requestContext.authorizer?.claims).toMatchObject({ name, sub: claimsOf(IdToken).sub });
    });

    threat({
      threat: "Somebody answers another user's challenge",
      layer: "Cognito user pool",
      setting: BUILT_IN,
      attack: [
        "does not take one user's challenge for another",
        async () => {
          await invite(test, "invited@example.com");
          const { body } = await signIn(test, { user: "invited@example.com", password: TEMPORARY_PASSWORD });

          const answer = await cognito(test, "RespondToAuthChallenge", {
            ClientId: clientId(),
            ChallengeName: "NEW_PASSWORD_REQUIRED",
            Session: body.Session,
            ChallengeResponses: { USERNAME: emailOf("MyUserPool1"), NEW_PASSWORD: "stolen-Horse-7-battery" },
          });

          expect(answer).toEqual(cognitoError("NotAuthorizedException", "Invalid session for the user."));
          expect((await signIn(test, {})).status).toBe(200);
        },
      ],
      counterpart: NOTHING_TAKES_IT_OUT,
    });

    threat({
      threat: "Somebody redeems a reset code for another user",
      layer: "Cognito user pool",
      setting: BUILT_IN,
      attack: [
        "does not take one user's reset code for another",
        async () => {
          newUser(test, "attacker@example.com");
          newUser(test, "victim@example.com");
          for (const Username of ["attacker@example.com", "victim@example.com"]) {
            await cognito(test, "ForgotPassword", { ClientId: clientId(), Username });
          }

          const { body } = await cognito(test, "ConfirmForgotPassword", {
            ClientId: clientId(),
            Username: "victim@example.com",
            ConfirmationCode: codeFor(test, "attacker@example.com"),
            Password: "stolen-Horse-7-battery",
          });

          expect(body.__type).toBe("CodeMismatchException");
          expect((await signIn(test, { user: "victim@example.com" })).status).toBe(200);
        },
      ],
      counterpart: NOTHING_TAKES_IT_OUT,
    });

    it("shows with an access token its own user, whoever is named beside it", async () => {
      const { AccessToken } = tokensIn(await signIn(test, {}));

      const { body } = await cognito(test, "GetUser", { AccessToken, Username: "victim@example.com" });

      expect(body.Username).toBe(claimsOf(AccessToken).sub);
    });

    it("does not refresh a token for a client of another pool", async () => {
      const { RefreshToken } = await test.signIn("MyUserPool1");

      const answer = await refresh(test, RefreshToken, poolOf(test, "MyUserPool2").clientId);

      expect(answer).toEqual(cognitoError("NotAuthorizedException", "Invalid Refresh Token"));
    });
  });
});

/** Signed by the attacker, with the pool's key id, for the victim. */
function forgedFrom(genuine: string): string {
  const header = JSON.parse(Buffer.from(genuine.split(".")[0] ?? "", "base64url").toString("utf8"));
  return selfSigned(header, { ...somebodyElse(claimsOf(genuine)), sub: VICTIM });
}
