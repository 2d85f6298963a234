import { useRuntime } from "../support/use-runtime";

describe("the OpenAPI document that a runtime serves", () => {
  const test = useRuntime();
  const read = async (path: string) => {
    const response = await fetch(`${test.runtime.awsEndpointUrl}${path}`);
    return { status: response.status, document: (await response.json()) as Record<string, unknown> };
  };

  it("is the stage's, with the address of this runtime, which every request of it reaches", async () => {
    const [first, named] = await Promise.all([read("/openapi.json"), read("/development.openapi.json")]);

    expect(first).toEqual(named);
    expect(first).toMatchObject({
      status: 200,
      document: { openapi: "3.1.1", servers: [{ url: test.runtime.invokeUrls[0] }] },
    });
  });

  it("is found nowhere else", async () => {
    expect((await read("/other.openapi.json")).status).toBe(403);
    expect((await read("/development/openapi.json")).status).toBe(403);
  });
});
