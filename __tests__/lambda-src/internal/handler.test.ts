import { FailedRecordsError } from "../../../lambda-src/internal/core";
import { createHandler } from "../../../lambda-src/internal/handler";
import { CapturedLogs } from "../support/captured-logs";
import { contextOf } from "../support/context";

const context = contextOf("InternalLambda");
const handler = createHandler({ AWS_LAMBDA_FUNCTION_NAME: "InternalLambda" });

const eventOf = (...names: string[]) => ({
  Records: names.map((Message, index) => ({
    EventSource: "aws:sns",
    EventVersion: "1.0",
    EventSubscriptionArn: "arn:aws:sns:eu-central-1:123456789012:UserNames:0b0c",
    Sns: { Type: "Notification", MessageId: `m-${index}`, Subject: null, Message, MessageAttributes: {} },
  })),
});

let logs: CapturedLogs;

beforeEach(() => {
  logs = new CapturedLogs();
});

afterEach(() => {
  jest.restoreAllMocks();
});

describe("The internal handler", () => {
  it("logs the receipt and the response for every record, in order", async () => {
    await handler(eventOf("Ada", "Alan"), context);

    expect(logs.entries).toMatchObject([
      { message: "Received a name from SNS", message_id: "m-0", received_name: "Ada" },
      { message: "Hello Ada. Greetings from InternalLambda!", message_id: "m-0" },
      { message: "Received a name from SNS", message_id: "m-1", received_name: "Alan" },
      { message: "Hello Alan. Greetings from InternalLambda!", message_id: "m-1" },
    ]);
    for (const entry of logs.entries) {
      expect(entry).toMatchObject({ service: "internal", function_request_id: context.awsRequestId });
    }
  });

  it("handles the records around a bad one, and then throws so that Lambda does not drop the event", async () => {
    const handling = handler(eventOf("Ada", "bad\u0007", "Alan"), context);

    await expect(handling).rejects.toThrow(new FailedRecordsError(["m-1"], 3));
    expect(logs.entries.map(({ level, message }) => `${level} ${message}`)).toEqual([
      "INFO Received a name from SNS",
      "INFO Hello Ada. Greetings from InternalLambda!",
      "ERROR Could not handle a record",
      "INFO Received a name from SNS",
      "INFO Hello Alan. Greetings from InternalLambda!",
    ]);
  });

  it("keeps what it refuses out of its log", async () => {
    const handling = handler(eventOf('x\n{"level":"INFO","message":"forged"}'), context);

    await expect(handling).rejects.toThrow("m-0");
    expect(logs.text).not.toContain("forged");
  });

  it("writes a name of quotes and braces as a part of one line, not as a line", async () => {
    const name = '"}{"level":"ERROR","message":"forged"}';

    await handler(eventOf(name), context);

    expect(logs.entries.map(({ message }) => message)).toEqual([
      "Received a name from SNS",
      `Hello ${name}. Greetings from InternalLambda!`,
    ]);
  });

  it("throws for an event that is none of SNS's", async () => {
    await expect(handler({ hello: "world" }, context)).rejects.toThrow("1 of 1 records could not be handled");
  });

  it("greets by its function's own name", async () => {
    await createHandler({ AWS_LAMBDA_FUNCTION_NAME: "InternalLambda-staging" })(eventOf("Ada"), context);

    expect(logs.text).toContain("Hello Ada. Greetings from InternalLambda-staging!");
  });

  it("refuses to start without its name", () => {
    expect(() => createHandler({})).toThrow("AWS_LAMBDA_FUNCTION_NAME is not set");
  });
});
