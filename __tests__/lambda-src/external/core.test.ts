import fc from "fast-check";
import { DependencyError, type Trouble } from "../../../lambda-src/common/dependency-error";
import { answerTo, forward } from "../../../lambda-src/external/core";
import { anyCharacter } from "../../support/any-character";

/** A topic that keeps what is published. */
function topic() {
  const published: string[] = [];
  return {
    published,
    publish: async (name: string) => {
      published.push(name);
      return `message-${published.length}`;
    },
  };
}

const failing = (error: Error) => async () => {
  throw error;
};

const trouble = (kind: Trouble) => new DependencyError(kind, { operation: "sns:Publish", reason: "R" });

describe("A request to an external function", () => {
  it("publishes the name and is answered with the greeting of that function", async () => {
    const { published, publish } = topic();

    const outcome = await forward({ body: '{"name":"Ada"}' }, publish);

    expect(published).toEqual(["Ada"]);
    expect(answerTo(outcome, "ExternalLambda1")).toEqual({
      statusCode: 200,
      body: {
        message: "Hello Ada. Greetings from ExternalLambda1! Message forwarded to InternalLambda.",
        messageId: "message-1",
      },
    });
    expect(answerTo(outcome, "ExternalLambda2-staging").body).toMatchObject({
      message: expect.stringContaining("Greetings from ExternalLambda2-staging!"),
    });
  });

  it("publishes nothing and is answered with 400 when the body is wrong", async () => {
    const { published, publish } = topic();

    const outcome = await forward({ body: '{"name":""}' }, publish);

    expect(published).toEqual([]);
    expect(answerTo(outcome, "ExternalLambda1")).toEqual({
      statusCode: 400,
      body: { message: '"name" must be a string of 1 to 256 characters.' },
    });
  });

  it.each<Trouble>(["refused", "failed"])("is answered with 502 when a service has %s", async (kind) => {
    const outcome = await forward({ body: '{"name":"Ada"}' }, failing(trouble(kind)));

    expect(answerTo(outcome, "ExternalLambda1")).toEqual({
      statusCode: 502,
      body: { message: "The message could not be forwarded." },
    });
  });

  it("is answered with 503 and the time to wait when a service is unavailable", async () => {
    const outcome = await forward({ body: '{"name":"Ada"}' }, failing(trouble("unavailable")));

    expect(answerTo(outcome, "ExternalLambda1")).toEqual({
      statusCode: 503,
      body: { message: "The message could not be forwarded at the moment. Please try again." },
      headers: { "Retry-After": "5" },
    });
  });

  it("does not take a defect for a failing service", async () => {
    const defect = new TypeError("undefined is not a function");

    await expect(forward({ body: '{"name":"Ada"}' }, failing(defect))).rejects.toBe(defect);
  });

  it("either is refused or publishes the name unchanged, whatever the string", async () => {
    const units = fc.string({
      unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    });
    const text = fc.oneof(
      units,
      fc.string({ unit: anyCharacter, maxLength: 300 }),
      fc.string({ unit: "grapheme" }),
    );

    await fc.assert(
      fc.asyncProperty(text, fc.boolean(), async (name, isBase64Encoded) => {
        const { published, publish } = topic();
        const json = JSON.stringify({ name });
        const body = isBase64Encoded ? Buffer.from(json).toString("base64") : json;

        const answer = answerTo(await forward({ body, isBase64Encoded }, publish), "F");

        if (answer.statusCode === 400) {
          expect(published).toEqual([]);
          return;
        }
        expect(answer.statusCode).toBe(200);
        expect(published).toEqual([name]);
        expect(Buffer.from(name).toString()).toBe(name);
        expect(/[\p{Cc}\u2028\u2029]/u.test(name)).toBe(false);
        expect([...name].length).toBeGreaterThanOrEqual(1);
        expect([...name].length).toBeLessThanOrEqual(256);
      }),
      { numRuns: 500 },
    );
  });

  it("is answered with 200 or 400 whatever the body", async () => {
    const property = fc.oneof(fc.constantFrom("name", "__proto__", "constructor"), fc.string());
    const json = fc.oneof(
      fc.json(),
      fc.dictionary(property, fc.jsonValue()).map((value) => JSON.stringify(value)),
    );

    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), json), fc.boolean(), async (body, isBase64Encoded) => {
        const { published, publish } = topic();

        const { statusCode } = answerTo(await forward({ body, isBase64Encoded }, publish), "F");

        expect([200, 400]).toContain(statusCode);
        expect(published).toHaveLength(statusCode === 200 ? 1 : 0);
      }),
    );
  });
});
