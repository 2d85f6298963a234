import { matches } from "../../../../local/console/pages/requests/request-filter";
import { sampleRequest } from "../support/sample-requests";

const everything = { text: "", outcome: "", layer: "" };
const answered = sampleRequest(0);
const refused = sampleRequest(1);

describe("matches", () => {
  it("lets everything through where nothing is asked for", () => {
    expect(matches(refused, everything)).toBe(true);
  });

  it.each(["post lambda1", "401", "4xx", "AUTHORIZER token", "127.0.0.1", "curl", refused.id])(
    "finds a refused request by %s",
    (text) => {
      expect(matches(refused, { ...everything, text })).toBe(true);
    },
  );

  it("finds a request by its caller", () => {
    expect(matches(answered, { ...everything, text: "ada@example.com mypool" })).toBe(false);
    expect(matches(answered, { ...everything, text: "ada@example.com myuserpool1" })).toBe(true);
  });

  it("asks for every word", () => {
    expect(matches(refused, { ...everything, text: "401 lambda2" })).toBe(false);
  });

  it("asks for outcome and layer where they are chosen", () => {
    expect(matches(refused, { ...everything, outcome: "answered" })).toBe(false);
    expect(matches(refused, { ...everything, outcome: "refused", layer: "authorizer" })).toBe(true);
    expect(matches(refused, { ...everything, layer: "web ACL" })).toBe(false);
  });
});
