import { proxyResponse } from "../../../lambda-src/common/response";

const answer = { statusCode: 200, body: { message: "Hello", messageId: "id" } };
const origins = ["https://a.example", "https://b.example"];

describe("A proxy response", () => {
  it("carries the answer as JSON", () => {
    const response = proxyResponse(answer, undefined, []);

    expect(response.statusCode).toBe(200);
    expect(response.body).toBe('{"message":"Hello","messageId":"id"}');
  });

  it("has exactly the security headers when no origin is configured", () => {
    const response = proxyResponse(answer, "https://a.example", []);

    expect(response.headers).toEqual({
      "Content-Type": "application/json",
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-store",
      "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
      "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
      "X-Frame-Options": "DENY",
      "Referrer-Policy": "no-referrer",
    });
  });

  it("lets a page of a configured origin read it", () => {
    const { headers } = proxyResponse(answer, "https://b.example", origins);

    expect(headers).toMatchObject({ "Access-Control-Allow-Origin": "https://b.example", Vary: "Origin" });
  });

  it.each([undefined, "https://c.example", "https://a.example.evil.com", "https://A.example", "null", ""])(
    "lets no page of the origin %s read it",
    (origin) => {
      const { headers } = proxyResponse(answer, origin, origins);

      expect(headers).not.toHaveProperty("Access-Control-Allow-Origin");
      expect(headers).toHaveProperty("Vary", "Origin");
    },
  );

  it("adds the answer's own headers", () => {
    const { headers } = proxyResponse({ ...answer, headers: { "Retry-After": "5" } }, undefined, []);

    expect(headers).toMatchObject({ "Retry-After": "5", "Cache-Control": "no-store" });
  });
});
