import { dependencyError } from "../../../lambda-src/common/dependency-error";

const answered = (name: string, httpStatusCode: number) =>
  Object.assign(new Error("User: arn:aws:iam::123456789012:role/r may not publish to arn:aws:sns:eu:topic"), {
    name,
    $metadata: { httpStatusCode, requestId: "request-1" },
  });

describe("A failed call to a service", () => {
  it.each([
    ["AuthorizationErrorException", 403, "refused"],
    ["AccessDeniedException", 400, "refused"],
    ["ResourceNotFoundException", 400, "refused"],
    ["InvalidParameterException", 400, "refused"],
    ["InternalErrorException", 500, "failed"],
    ["InternalServiceError", 500, "failed"],
    ["ServiceUnavailable", 503, "unavailable"],
    ["Throttling", 400, "unavailable"],
    ["ThrottlingException", 400, "unavailable"],
    ["KMSThrottlingException", 400, "unavailable"],
    ["TooManyRequestsException", 429, "unavailable"],
    ["RequestLimitExceeded", 400, "unavailable"],
    ["UnknownError", 429, "unavailable"],
    ["UnknownError", 504, "unavailable"],
  ])("that was answered with %s (%i) counts as %s", (name, status, trouble) => {
    const error = dependencyError("sns:Publish", answered(name, status));

    expect(error.trouble).toBe(trouble);
    expect(error.details).toEqual({ operation: "sns:Publish", reason: name, status, requestId: "request-1" });
  });

  it.each([
    [
      Object.assign(new Error("connect ECONNREFUSED 10.0.0.1:443"), { code: "ECONNREFUSED" }),
      "Error (ECONNREFUSED)",
    ],
    [
      Object.assign(new Error("too slow"), { name: "TimeoutError", $metadata: { attempts: 2 } }),
      "TimeoutError",
    ],
    [Object.assign(new Error("Request aborted"), { name: "AbortError" }), "AbortError"],
    ["a text", "Error"],
    [null, "Error"],
  ])("that was not answered counts as unavailable (%#)", (thrown, reason) => {
    const error = dependencyError("sns:Publish", thrown);

    expect(error.trouble).toBe("unavailable");
    expect(error.message).toBe(`sns:Publish: ${reason}`);
  });

  it("keeps nothing that the service said, which may name ARNs", () => {
    const error = dependencyError("sns:Publish", answered("AuthorizationErrorException", 403));

    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain("arn:aws");
    expect(error.cause).toBeUndefined();
  });
});
