import { FailedRecordsError, greetingOf, readRecord, recordsOf } from "../../../lambda-src/internal/core";

const record = (Message: unknown) => ({
  EventSource: "aws:sns",
  Sns: { MessageId: "m-1", Subject: null, Message },
});

describe("An SNS record", () => {
  it("carries a name and the message's id", () => {
    expect(readRecord(record("Ada"))).toEqual({ ok: true, messageId: "m-1", name: "Ada" });
  });

  it.each([
    ["", "1 to 256"],
    ["a".repeat(257), "1 to 256"],
    [42, "1 to 256"],
    ["Ada\nforged", "control"],
  ])("with the message %p is refused by its id, without the message", (message, reason) => {
    const result = readRecord(record(message));

    expect(result).toEqual({ ok: false, messageId: "m-1", reason: expect.stringContaining(reason) });
    expect(JSON.stringify(result)).not.toContain("forged");
  });

  it.each([null, "text", {}, { Sns: null }, { Sns: { Message: "Ada" } }, { body: "a queue's record" }])(
    "that is none is refused (%#)",
    (thing) => {
      expect(readRecord(thing)).toEqual({
        ok: false,
        messageId: "unknown",
        reason: "The record is not one that SNS makes.",
      });
    },
  );
});

describe("An event", () => {
  it("has all its records", () => {
    expect(recordsOf({ Records: [1, 2, 3] })).toEqual([1, 2, 3]);
  });

  it.each([null, {}, { Records: "none" }, "text"])(
    "without records counts as one that can't be read (%#)",
    (event) => {
      expect(recordsOf(event).map(readRecord)).toMatchObject([{ ok: false }]);
    },
  );
});

describe("The internal greeting", () => {
  it("names the function", () => {
    expect(greetingOf("Ada", "InternalLambda")).toBe("Hello Ada. Greetings from InternalLambda!");
  });
});

describe("The error for failed records", () => {
  it("says which and how many", () => {
    expect(new FailedRecordsError(["a", "b"], 3).message).toBe("2 of 3 records could not be handled: a, b");
  });
});
