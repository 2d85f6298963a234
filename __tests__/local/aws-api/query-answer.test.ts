import fc from "fast-check";
import { escapeXml, xmlElement } from "../../../local/aws-api/query-answer";
import { anyCharacter } from "../../support/any-character";

describe("xmlElement", () => {
  test("writes structures, lists and maps as the query protocol has them, and leaves out what is absent", () => {
    const result = {
      Successful: [{ Id: "a" }, { Id: "b" }],
      Attributes: new Map([["Owner", "1&2"]]),
      Missing: undefined,
      Empty: "",
    };

    expect(xmlElement("R", result)).toBe(
      "<R><Successful><member><Id>a</Id></member><member><Id>b</Id></member></Successful>" +
        "<Attributes><entry><key>Owner</key><value>1&amp;2</value></entry></Attributes><Empty></Empty></R>",
    );
  });

  test("lets no text break out of its element or hold a character that XML does not have", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (text) => {
        const escaped = escapeXml(text);

        expect(escaped).not.toMatch(/[<>"']/);
        expect(escaped).not.toMatch(/[^\t\n\u0020-\uFFFD]/);
        expect(escaped.replace(/&(amp|lt|gt|quot|apos|#xD);/g, "")).not.toContain("&");
      }),
    );
  });
});
