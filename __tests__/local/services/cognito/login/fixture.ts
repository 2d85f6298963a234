import { createHash } from "node:crypto";
import type { Resource } from "../../../../../local/deployment/deployment";
import { createLoginPort } from "../../../../../local/services/cognito/login/login-site";
import type { LoginPort } from "../../../../../local/services/ports";
import { resourceAt, type Values } from "../../../../support/deployment";
import { FormBrowser, type Send, type WebAnswer } from "../../../../support/form-browser";
import { clientResource, poolResource, region, TestDirectory } from "../fixture";

export const host = `myuserpool1.auth.${region}.amazoncognito.com`;
export const callback = "http://localhost:5173/callback";
export const verifier = "a".repeat(43);
export const challenge = createHash("sha256").update(verifier).digest("base64url");

const oauth = {
  allowed_oauth_flows_user_pool_client: true,
  allowed_oauth_flows: ["code"],
  allowed_oauth_scopes: ["openid", "email"],
  callback_urls: [callback, "https://app.example.com/callback"],
  logout_urls: ["http://localhost:5173/bye"],
  supported_identity_providers: ["COGNITO"],
};

export interface SiteOptions {
  readonly pool?: Values;
  readonly client?: Values;
  /** Of a second client of the same pool. */
  readonly other?: Values;
  readonly resources?: readonly Resource[];
}

/** The login page of a pool with one user, ada@example.com. */
export class TestSite {
  private constructor(
    readonly test: TestDirectory,
    readonly port: LoginPort,
  ) {}

  static async of({
    pool = {},
    client = {},
    other = {},
    resources = [],
  }: SiteOptions = {}): Promise<TestSite> {
    const test = await TestDirectory.of(
      poolResource(1, pool),
      clientResource("client1", 1, { ...oauth, ...client }),
      clientResource("client2", 1, { ...oauth, ...other }),
      ...resources,
      resourceAt("aws_cognito_user_pool_domain.domain", {
        domain: "myuserpool1",
        user_pool_id: `${region}_Pool1`,
      }),
    );
    test.confirmedUser("ada@example.com");
    return new TestSite(test, createLoginPort(test.directory, test.service));
  }

  readonly send: Send = async ({ method, path, headers, body = "" }): Promise<WebAnswer> => {
    const resource = this.port.at(path.split("?")[0] ?? "");
    if (resource === undefined) throw new Error(`there is no login page at ${path}`);
    const answer = await resource.handle({
      method,
      target: path,
      httpVersion: "1.1",
      headers,
      body: Buffer.from(body),
      sourceIp: "127.0.0.1",
      localPort: 3000,
      signal: new AbortController().signal,
    });
    return { ...answer, body: answer.body.toString("utf8") };
  };

  browser(): FormBrowser {
    return new FormBrowser(this.send);
  }

  /** A call of an endpoint for apps. */
  async call(
    path: string,
    form: Readonly<Record<string, string>>,
    headers: readonly (readonly [string, string])[] = [],
  ): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> {
    const answer = await this.send({
      method: "POST",
      path: `/${host}${path}`,
      headers: [["Content-Type", "application/x-www-form-urlencoded"], ...headers],
      body: new URLSearchParams(form).toString(),
    });
    return { status: answer.status, body: answer.body === "" ? {} : JSON.parse(answer.body) };
  }

  async userInfo(accessToken: string): Promise<WebAnswer> {
    return this.send({
      method: "GET",
      path: `/${host}/oauth2/userInfo`,
      headers: [["Authorization", `Bearer ${accessToken}`]],
    });
  }

  /** Signs in on the page. @returns the code with which the browser comes back */
  async code(changes: Parameters = {}, password = "Correct-Horse-7"): Promise<string> {
    const browser = this.browser();
    await browser.open(at("oauth2/authorize", changes));
    const page = await browser.submit({ username: "ada@example.com", password });
    return page.sent.get("code") ?? "";
  }
}

export type Parameters = Readonly<Record<string, string | undefined>>;

/** The address of a page, with an authorization request that is as it should be but for these changes. */
export function at(page: string, changes: Parameters = {}): string {
  const parameters = {
    client_id: "client1",
    response_type: "code",
    redirect_uri: callback,
    scope: "openid email",
    state: "state-1",
    code_challenge: challenge,
    code_challenge_method: "S256",
    ...changes,
  };
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  );
  return `/${host}/${page}?${new URLSearchParams(given)}`;
}

export const withoutPkce = { code_challenge: undefined, code_challenge_method: undefined };
