import Ajv2020 from "ajv/dist/2020";
import { parseFaults } from "../../local/fault-plan";
import { type Faults, noFaults } from "../../local/kernel/faults";
import type { TestAnswer, TestRequest } from "../support/local-runtime";
import { type Behaviour, behaviours, RatesProvider } from "../support/rates-provider";
import { useRuntime, useValue } from "../support/use-runtime";

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Responses }>>>>;
  readonly components: object;
}
type Responses = Readonly<
  Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
>;

/** What the API answers is what its OpenAPI document says: the status, the content type, and the body's schema. */
describe("an answer is documented", () => {
  let faults: Faults = noFaults;
  const provider = useValue(() => RatesProvider.start());
  afterAll(() => provider().stop());
  // The address is known only when the provider listens, so that it is put into the JSON by a getter.
  const test = useRuntime({
    env: { API_CLIENTS: "partner", RATES_PROVIDER_URL: "http://localhost:9/api", THROTTLE_BURST: "500" },
    edit: ({ edge }) => {
      const { environment } = edge.resource("aws_lambda_function.RatesLambda");
      Object.assign((environment as { variables: object }).variables, { PROVIDER_URL: provider().url });
    },
    faults: { strike: (service) => faults.strike(service) },
  });
  const document = useValue(async () => {
    const response = await fetch(`${test.runtime.awsEndpointUrl}/openapi.json`);
    return (await response.json()) as Document;
  });
  const callers = useValue(async () => {
    await test.aws("secretsmanager.PutSecretValue", { SecretId: "RatesProviderKey", SecretString: "key" });
    const [key] = test.runtime.inside.deployment.ofType("aws_api_gateway_api_key");
    return {
      first: await test.token("MyUserPool1"),
      second: await test.token("MyUserPool2"),
      key: key?.string("value") ?? "",
    };
  });

  const schemas = new Ajv2020({ strict: false });

  const lambda1 = (request: TestRequest = {}) => test.send({ token: callers().first, ...request });
  const lambda2 = (request: TestRequest = {}) =>
    test.send({ path: "/development/lambda2", token: callers().second, ...request });
  const rate = (currency = "EUR", headers: TestRequest["headers"] = [["x-api-key", callers().key]]) =>
    test.send({
      ...{ method: "GET", path: `/development/rates/${currency}` },
      ...{ token: callers().first, headers, body: "" },
    });

  function expectDocumented({ status, headers, body }: TestAnswer, path: string, method: string): void {
    const { paths, components } = document();
    const responses = paths[path]?.[method]?.responses ?? {};
    expect(Object.keys(responses)).toContain(String(status));
    const [type = ""] = (headers["content-type"] ?? "").split(";");
    const media = responses[String(status)]?.content?.[type];
    expect({ status, type, documented: media !== undefined }).toEqual({ status, type, documented: true });
    const validate = schemas.compile({ ...media?.schema, components });
    validate(type === "application/json" ? JSON.parse(body) : body);
    expect(validate.errors ?? []).toEqual([]);
  }

  const strike = (...specs: string[]) => {
    faults = parseFaults(specs, { signal: new AbortController().signal });
  };
  afterEach(() => {
    faults = noFaults;
  });

  it.each<[what: string, status: number, send: () => Promise<TestAnswer>]>([
    ["a greeting", 200, () => lambda1()],
    ["a body that is not JSON", 400, () => lambda1({ body: "{" })],
    ["a name that the function refuses", 400, () => lambda1({ body: '{"name":"\\ud800"}' })],
    ["nobody's token", 401, () => test.send()],
    ["another pool's token", 401, () => lambda1({ token: callers().second })],
    ["a body that is too large", 403, () => lambda1({ body: { name: "x".repeat(10_000) } })],
    ["a method that is not there", 403, () => lambda1({ method: "PUT" })],
  ])("to %s", async (_what, status, send) => {
    const answer = await send();

    expect(answer.status).toBe(status);
    // A method that is not there is answered as any of the path's.
    expectDocumented(answer, "/lambda1", "post");
  });

  it("when a service fails, and when it asks for patience", async () => {
    strike("secretsmanager:error");
    const failed = await lambda2();
    strike("secretsmanager:throttle");
    const busy = await lambda2();

    expect([failed.status, busy.status]).toEqual([502, 503]);
    for (const answer of [failed, busy]) expectDocumented(answer, "/lambda2", "post");
  });

  it("when a function fails", async () => {
    strike("lambda:error");

    const answer = await lambda1();

    expect(answer.status).toBeGreaterThanOrEqual(500);
    expectDocumented(answer, "/lambda1", "post");
  });

  it.each<[what: string, status: number, send: () => Promise<TestAnswer>, behaviour?: Behaviour]>([
    ["a currency that is not one", 400, () => rate("12")],
    ["no key", 403, () => rate("EUR", [])],
    ["a provider that is down", 503, () => rate(), behaviours.unavailable],
    ["a provider that answers nonsense", 502, () => rate(), behaviours.notJson],
    ["a currency", 200, () => rate()],
    ["a currency that the provider does not have", 404, () => rate("XXX")],
  ])("of the rates, to %s", async (_what, status, send, behaviour = behaviours.good) => {
    provider().behaviour = behaviour;

    const answer = await send();

    expect(answer.status).toBe(status);
    expectDocumented(answer, "/rates/{currency}", "get");
  });

  it("and no operation has an answer without a description of its own", () => {
    const operations = Object.values(document().paths).flatMap((item) =>
      Object.values(item).filter(({ responses }) => responses !== undefined),
    );
    expect(operations).toHaveLength(3);

    for (const { responses } of operations) expect(Object.keys(responses)).not.toContain("default");
  });
});
