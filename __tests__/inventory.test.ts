import { readFileSync } from "node:fs";
import path from "node:path";
import { inventoryOf } from "../cli/commands/inventory";
import type { Route } from "../stacks/secure-edge/route";
import { expectGeneratedSection } from "./support/generated-section";
import { RATES_ON } from "./support/rates-provider";
import { documentedRoutes, shippedRoutes } from "./support/synthesis";
import { type FolderOptions, synthesizedDeployment } from "./support/synthesized-folder";

function textOf(options?: FolderOptions, routes?: readonly Route[]): string {
  return inventoryOf(synthesizedDeployment(options), routes);
}

/** The cells of the row that begins with this one. */
function row(text: string, first: string): string[] {
  const line = text.split("\n").find((candidate) => candidate.startsWith(`| ${first} |`)) ?? "";
  return line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, ""));
}

describe("docs/inventory.md", () => {
  it("lists what is synthesized (UPDATE_DOCS=1 npx jest inventory writes it)", () => {
    const routes = documentedRoutes(readFileSync(path.resolve(__dirname, "../docs/inventory.md"), "utf8"));

    expectGeneratedSection("docs/inventory.md", "inventory", textOf({ ...(routes && { routes }) }));
  });
});

describe("an inventory", () => {
  it("has a route with its callers, its owner, its limits and what it answers, and the third party behind it", () => {
    const rates = shippedRoutes.map((route) =>
      route.handler === "rates" ? { ...route, owner: "Treasury" } : route,
    );
    const text = textOf({ env: RATES_ON }, rates);

    expect(row(text, "`GET /rates/{currency}`")).toEqual([
      ...["`GET /rates/{currency}`", "users of `MyUserPool1` and `MyUserPool2`, with an API key", "Treasury"],
      ...["`RatesLambda`", "5 (20)", "—", expect.stringMatching(/^200 `Rate`, 400.* 404.* 503/)],
    ]);
    expect(row(text, "`RatesLambda`")).toEqual([
      ...["`RatesLambda`", "rates", "nodejs22.x", "256 MB", "10 s", "GET /rates/{currency}"],
      "`RatesProviderKey` (secretsmanager:GetSecretValue), http://localhost:9 (`PROVIDER_URL`)",
    ]);
  });

  it("says who may call an API that everybody may call, and why", () => {
    const open: Route = {
      ...{ path: "/status", method: "GET", functionName: "Status", handler: "external" },
      ...{ auth: "none", reason: "load balancers ask" },
    };
    const text = textOf({ routes: [...shippedRoutes, open] }, [...shippedRoutes, open]);

    expect(row(text, "`GET /status`")[1]).toBe("anybody: load balancers ask");
  });

  it("says which scopes and groups a caller needs", () => {
    const guarded: Route = {
      ...{ path: "/audit", method: "GET", functionName: "Audit", handler: "external", authorizer: "Audit" },
      ...{
        userPool: "MyUserPool1",
        auth: "cognito-access-token",
        scopes: ["audit/read"],
        groups: ["auditors"],
      },
    };
    const text = textOf({ routes: [...shippedRoutes, guarded] }, [...shippedRoutes, guarded]);

    expect(row(text, "`GET /audit`")[1]).toBe(
      "users of `MyUserPool1` in `auditors`, with a token for `audit/read`",
    );
  });
});
