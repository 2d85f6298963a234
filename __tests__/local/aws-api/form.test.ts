import fc from "fast-check";
import { decodeForm } from "../../../local/aws-api/query-protocol";

describe("decodeForm", () => {
  test("reads maps by name and lists in the order of their numbers, as botocore and the JavaScript SDK send them", () => {
    const form = new URLSearchParams({
      TopicArn: "arn:aws:sns:us-east-1:123456789012:Topic",
      "MessageAttributes.entry.1.Name": "kind",
      "MessageAttributes.entry.1.Value.DataType": "String",
      "MessageAttributes.entry.1.Value.StringValue": "greeting",
      "PublishBatchRequestEntries.member.2.Id": "b",
      "PublishBatchRequestEntries.member.10.Id": "c",
      "PublishBatchRequestEntries.member.1.Id": "a",
      "Attributes.entry.1.key": "DisplayName",
      "Attributes.entry.1.value": "Names",
    });

    const members = decodeForm(form);

    expect(members).toEqual({
      TopicArn: "arn:aws:sns:us-east-1:123456789012:Topic",
      MessageAttributes: { kind: { DataType: "String", StringValue: "greeting" } },
      PublishBatchRequestEntries: [{ Id: "a" }, { Id: "b" }, { Id: "c" }],
      Attributes: { DisplayName: "Names" },
    });
  });

  test("a member or a map's entry named __proto__ changes no prototype", () => {
    const form = new URLSearchParams({
      "__proto__.polluted": "yes",
      "constructor.prototype.polluted": "yes",
      "Attributes.entry.1.key": "__proto__",
      "Attributes.entry.1.value": "yes",
    });

    const members = decodeForm(form);

    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(members)).toBe(Object.prototype);
    expect(Object.getPrototypeOf(members.Attributes)).toBe(Object.prototype);
  });

  test("refuses members nested deeper than any API has them", () => {
    const form = new URLSearchParams({ [Array(33).fill("a").join(".")]: "1" });

    expect(() => decodeForm(form)).toThrow("a member may have at most 32 parts, received 33");
  });

  test("refuses an entry of a map without a name", () => {
    const form = new URLSearchParams({ "Attributes.entry.1.value": "x" });

    expect(() => decodeForm(form)).toThrow("an entry of a map must have a name and a value");
  });

  test("reads back every list and map that a client encodes", () => {
    const text = fc.string({ maxLength: 8 });
    const name = fc.stringMatching(/^[A-Z][a-z]{0,8}$/);
    fc.assert(
      fc.property(
        name,
        fc.array(text, { minLength: 1, maxLength: 12 }),
        fc.dictionary(text, text),
        (key, list, map) => {
          const form: [string, string][] = [];
          for (const [index, item] of list.entries()) form.push([`${key}List.member.${index + 1}`, item]);
          for (const [index, [entryKey, value]] of Object.entries(map).entries()) {
            form.push([`${key}Map.entry.${index + 1}.Name`, entryKey]);
            form.push([`${key}Map.entry.${index + 1}.Value.StringValue`, value]);
          }

          const members = decodeForm(form);

          expect(members[`${key}List`]).toEqual(list);
          const decoded = members[`${key}Map`] ?? {};
          expect(Object.entries(decoded)).toEqual(
            Object.entries(map).map(([entryKey, value]) => [entryKey, { StringValue: value }]),
          );
        },
      ),
    );
  });

  test("never throws anything but an AWS error, whatever the names", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string())), (pairs) => {
        try {
          decodeForm(pairs);
        } catch (error) {
          expect(error).toMatchObject({ name: "AwsError", code: "MalformedQueryString" });
        }
      }),
    );
  });
});
