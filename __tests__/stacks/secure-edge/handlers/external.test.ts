import Ajv from "ajv-draft-04";
import { nameModel } from "../../../../stacks/secure-edge/handlers/external";

const accepts = new Ajv({ strict: true }).compile(nameModel);

describe("the model of a request's body", () => {
  it.each([{ name: "Ada" }, { name: "A" }, { name: "n".repeat(256) }, { name: "Zoë 😀 <b>" }])(
    "takes %j",
    (body) => {
      expect(accepts(body)).toBe(true);
    },
  );

  it.each([
    ["no name", {}],
    ["an empty name", { name: "" }],
    ["a name that is too long", { name: "n".repeat(257) }],
    ["a line feed", { name: "Ada\n2025-01-01 fake line" }],
    ["an escape character", { name: "\u001b[31mAda" }],
    ["a delete character", { name: "Ada\u007f" }],
    ["a C1 control character", { name: "Ada\u0085" }],
    ["a number", { name: 1 }],
    ["a list", { name: ["Ada"] }],
    ["another property", { name: "Ada", admin: true }],
    ["no object", "Ada"],
    ["null", null],
  ])("refuses %s", (_what, body) => {
    expect(accepts(body)).toBe(false);
  });
});
