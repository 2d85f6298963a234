import { inboxPage } from "../../../local/front-door/inbox-page";
import type { HeaderList } from "../../../local/kernel/headers";
import type { HttpResponse } from "../../../local/kernel/http-message";
import { Inbox } from "../../../local/kernel/inbox";
import { Page } from "../../support/form-browser";

const inbox = new Inbox();
const page = inboxPage({
  inbox,
  loginPages: () => [{ name: "MyUserPool1", url: "http://127.0.0.1/x/login?a=1" }],
});

function get(target = "/.inbox", headers: HeaderList = [], method = "GET", signal?: AbortSignal) {
  return page({
    ...{ method, target, httpVersion: "1.1", headers, body: Buffer.alloc(0), sourceIp: "127.0.0.1" },
    ...{ localPort: 3000, signal: signal ?? new AbortController().signal },
  });
}

const seen = (answer: HttpResponse) => new Page({ ...answer, body: answer.body.toString() });
const codes = (answer: HttpResponse) =>
  JSON.parse(answer.body.toString()).messages.map(({ code }: { code: string }) => code);

function send(to: string, code: string, text = `Your code is ${code}.`): void {
  inbox.add({
    ...{ at: 0, to, code, text, medium: "EMAIL", purpose: "sign-up", subject: "Your verification code" },
    ...{ poolId: "us-east-1_Pool1", poolName: "MyUserPool1", username: "u" },
  });
}

describe("the inbox's page", () => {
  it("leads to signing up as long as there is nothing", async () => {
    const empty = seen(await get());

    expect(empty.words).toContain("Nothing yet.");
    expect(empty.link("Create an account in MyUserPool1")).toBe("http://127.0.0.1/x/signup?a=1");
  });

  it("shows messages newest first, and what they say without their tags", async () => {
    send("ada@example.com", "111111", "<p>Your <b>code</b> is 111111.</p>1 < 2");
    send("eve@example.com", "222222");

    const { words, answer, fields } = seen(await get());

    expect(fields).toEqual([]);
    expect(words.indexOf("222222")).toBeLessThan(words.indexOf("111111"));
    expect(answer.body).toContain("Your code is 111111.\n1 &lt; 2");
    expect(answer.body).toContain('<meta http-equiv="refresh" content="4">');
  });

  it("picks a recipient, and stops loading itself again on demand", async () => {
    const { words, answer, fields } = seen(await get("/.inbox?to=ADA@&live=no"));

    expect(fields).toEqual(["to"]);
    expect(words).toContain("One message to ADA@");
    expect(words).not.toContain("222222");
    expect(answer.body).not.toContain("http-equiv");
  });

  it("is JSON for scripts", async () => {
    expect(codes(await get("/.inbox?format=json"))).toEqual(["222222", "111111"]);
    expect(codes(await get("/.inbox?to=ada", [["Accept", "application/json"]]))).toEqual(["111111"]);
  });

  it("lets a script wait for what is newer than what it has", async () => {
    const [newest] = inbox.recent();
    const waiting = get(`/.inbox?format=json&to=bob&after=${newest?.id}`);
    send("eve@example.com", "000000");
    send("bob@example.com", "333333");

    expect(codes(await waiting)).toEqual(["333333"]);
    expect(codes(await get(`/.inbox?format=json&after=${newest?.id}`))).toEqual(["333333", "000000"]);
  });

  it("stops waiting for a script that is gone", async () => {
    const gone = new AbortController();
    const waiting = get("/.inbox?format=json&to=nobody&after=", [], "GET", gone.signal);
    gone.abort();

    expect(codes(await waiting)).toEqual([]);
  });

  const navigation: HeaderList = [
    ["Sec-Fetch-Mode", "navigate"],
    ["Sec-Fetch-Dest", "document"],
  ];
  it.each<[string, number, HeaderList]>([
    ["a script without headers", 200, []],
    [
      "its own page",
      200,
      [
        ["Sec-Fetch-Site", "same-origin"],
        ["Sec-Fetch-Mode", "cors"],
      ],
    ],
    ["an address that was typed in", 200, [["Sec-Fetch-Site", "none"], ...navigation]],
    ["a link on another page", 200, [["Sec-Fetch-Site", "cross-site"], ...navigation]],
    ["a page of another port that fetches", 403, [["Origin", "http://localhost:5173"]]],
    [
      "a page of another site that fetches",
      403,
      [
        ["Sec-Fetch-Site", "cross-site"],
        ["Sec-Fetch-Mode", "no-cors"],
      ],
    ],
    [
      "a page of another port that embeds it",
      403,
      [
        ["Sec-Fetch-Site", "same-site"],
        ["Sec-Fetch-Mode", "navigate"],
        ["Sec-Fetch-Dest", "iframe"],
      ],
    ],
  ])("answers %s with %i", async (_who, status, headers) => {
    for (const target of ["/.inbox", "/.inbox?format=json"]) {
      const answer = await get(target, headers);

      expect(answer.status).toBe(status);
      expect(answer.headers.map(([name]) => name)).not.toContain("Access-Control-Allow-Origin");
      expect(answer.headers).toContainEqual(["Cross-Origin-Resource-Policy", "same-origin"]);
    }
  });

  it("is read only", async () => {
    expect((await get("/.inbox", [], "POST")).status).toBe(405);
  });
});
