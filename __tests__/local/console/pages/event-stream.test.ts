import { EventParser, waitBefore } from "../../../../local/console/pages/kit/event-stream";

describe("EventParser", () => {
  it("gives the same events whatever the pieces are that the text comes in", () => {
    const text =
      'event: state\ndata: {"a":1}\n\n: still there\n\nevent: log\r\ndata: one\r\ndata: two\r\n\r\ndata:bare\n\n';
    const whole = new EventParser().push(text);
    const parser = new EventParser();

    expect([...text].flatMap((character) => parser.push(character))).toEqual(whole);
    expect(whole).toEqual([
      { name: "state", data: '{"a":1}' },
      { name: "log", data: "one\ntwo" },
      { name: "message", data: "bare" },
    ]);
  });

  it("holds an event back until its end has come", () => {
    const parser = new EventParser();

    expect(parser.push("event: state\ndata: {}")).toEqual([]);
    expect(parser.push("\n\n")).toEqual([{ name: "state", data: "{}" }]);
  });
});

describe("waitBefore", () => {
  it("waits a little at first, longer with each attempt, and never more than four seconds", () => {
    expect([0, 1, 2, 3, 10].map(waitBefore)).toEqual([250, 500, 1_000, 2_000, 4_000]);
  });
});
