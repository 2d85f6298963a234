import { Inbox, type Mail } from "../../../local/kernel/inbox";

function mail(number: number): Omit<Mail, "id"> {
  return {
    at: number,
    to: `user${number}@example.com`,
    medium: "EMAIL",
    poolId: "us-east-1_Pool1",
    poolName: "MyUserPool1",
    username: "name",
    purpose: "sign-up",
    subject: "Your verification code",
    text: "Your verification code is 123456.",
    code: "123456",
  };
}

describe("the inbox", () => {
  test("gives the newest messages first, each with an id of its own", () => {
    const inbox = new Inbox();
    for (const number of [1, 2, 3]) inbox.add(mail(number));

    expect(inbox.recent().map(({ at }) => at)).toEqual([3, 2, 1]);
    expect(inbox.recent(2).map(({ at }) => at)).toEqual([3, 2]);
    expect(new Set(inbox.recent().map(({ id }) => id)).size).toBe(3);
  });

  test("forgets the oldest messages, so that memory does not grow with their number", () => {
    const inbox = new Inbox(2);
    for (const number of [1, 2, 3]) inbox.add(mail(number));

    expect(inbox.recent().map(({ at }) => at)).toEqual([3, 2]);
  });

  test("tells those who asked of each new message, until that is ended", () => {
    const inbox = new Inbox();
    const heard: number[] = [];
    inbox.add(mail(1));
    const end = inbox.onAdded(({ at }) => heard.push(at));
    inbox.add(mail(2));
    end();
    inbox.add(mail(3));

    expect(heard).toEqual([2]);
  });
});
