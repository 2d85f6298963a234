import type { NotRun } from "../contract";
import { OWASP, type Owasp } from "./defence";

export const BUILT_IN = "built in: no setting takes the defence out";
const OTHER_CODE = "takes other code in the function, and a switch changes settings";
const A_DAY = "takes a day to pass";
const FAILURE =
  "something has to fail first: `npm start -- --fault` does that, and the Messages page shows what is kept";

/** With the reason; without one the defence is built in. */
const table: readonly (readonly [Owasp, readonly (string | readonly [threat: string, why: string])[]])[] = [
  [
    OWASP.API1,
    [
      ["A client names somebody else in headers that a framework may trust", OTHER_CODE],
      "Somebody signs up with a verified address, or as somebody else",
      "Somebody answers another user's challenge",
      "Somebody redeems a reset code for another user",
    ],
  ],
  [
    OWASP.API2,
    [
      "A token that breaks the header's line",
      "Passwords are tried one after the other",
      "Reset codes are tried one after the other",
      [
        "Somebody signs up with an address of another person",
        "needs the code that was mailed to that person, which the Inbox page shows",
      ],
      ["A temporary password is found later", A_DAY],
      ["A stolen refresh token is used for weeks", A_DAY],
      "Another client of the pool refreshes a token",
      "A deleted user's refresh token is used",
      "Somebody without credentials administers the users",
    ],
  ],
  [
    OWASP.API3,
    [
      ["A line separator or half a character in the name", OTHER_CODE],
      ["An answer tells how a function failed", OTHER_CODE],
    ],
  ],
  [
    OWASP.API4,
    [
      "A body is larger than 10 MB",
      [
        "A compressed body unpacks to gigabytes",
        "the attack is the setting itself: with it the start fails, because nothing is unpacked here",
      ],
      [
        "One function takes all of the account's concurrency",
        "the setting is not set, and a thousand instances at once are too many for this machine",
      ],
      "Clients hold connections open with headers or bodies that never end",
    ],
  ],
  [
    OWASP.API5,
    [
      "An access key is used without its session",
      "Somebody without credentials calls the services behind the API",
      [
        "The API invokes a function that does not permit it",
        "the attack is the setting itself: without the permission nobody gets to the function",
      ],
      [
        "A function runs with a role made for another service",
        "the attack is the setting itself: with another trust policy the start fails, as a deployment does on AWS",
      ],
    ],
  ],
  [
    OWASP.API6,
    [
      "Somebody confirms another one's address by guessing the code",
      "Somebody takes an account over by signing up again",
      "Somebody fills a mailbox with codes",
    ],
  ],
  [
    OWASP.API7,
    [
      "A name is an address, an ARN or an expression that something behind the API resolves",
      "A header names an address that a proxy or framework resolves",
      "A client uses the server as a proxy",
      "A page of another site reaches the local AWS endpoint through a rebound name",
      "A client chooses the topic",
      [
        "Whoever changed the secret sends the names somewhere else",
        'takes a change of the secret, which running functions remember; the switch is that of "A stolen function publishes elsewhere"',
      ],
    ],
  ],
  [
    OWASP.API8,
    [
      "A request is smuggled inside another one",
      "Headers carry more than anything needs",
      "A header overrides the method and with it the authorizer",
      "A path in disguise leads past the authorizer",
      "A name or a path closes a field of a log's line",
      ["A token ends in a log", OTHER_CODE],
      ["A failure tells about the inside", OTHER_CODE],
    ],
  ],
  [
    OWASP.API9,
    [
      "API Gateway's test of a method, which asks no authorizer, is open",
      [
        "A method is deployed without an authorizer",
        "tests of the stacks and `npm run guardrails` keep it off, before anything is served",
      ],
    ],
  ],
  [
    OWASP.API10,
    [
      "A service that does not answer takes the functions' time",
      "A service that the functions need fails, and the answer tells about it or says 200",
      "A message is acknowledged and lost, or handled twice, while SNS or Lambda fail",
      "A secret with the wrong content ends in an answer or a log",
      ["A message that InternalLambda cannot handle is lost", FAILURE],
      ["A message that SNS cannot deliver is lost", FAILURE],
      "A provider sends the function, with its key, to another host",
      "Somebody in the middle answers for the provider, and takes the key",
      "A provider answers with more than the function can hold",
      "What a provider says is believed, and ends on a page of a client's",
      "A provider's errors tell a client how it is built",
      "A client reaches other parts of the provider's API by way of the function",
      "A provider that does not answer takes the function's time",
      "The API is down because its provider is, and keeps it down",
    ],
  ],
  [
    OWASP.LOGIN_PAGE,
    [
      "A code is redeemed a second time",
      "A code is redeemed by whoever stole it",
      "Another site fills in and sends the page's form",
      "A cookie that was planted in the victim's browser becomes the victim's sign-in",
      "A password is guessed on the login page",
      "The login page is framed by another site, which steers the user's clicks",
      "A parameter or a field puts a script into the login page",
      ["A client that is not meant for it uses the login page", "every client of the stacks is meant for it"],
      "A page of another site reads codes or tokens from this machine",
    ],
  ],
];

/** The rows that are not among the attacks, in the order of docs/security.md. */
export const NOT_RUN: readonly NotRun[] = table.flatMap(([owasp, rows]) =>
  rows.map((row) => {
    const [threat, why] = typeof row === "string" ? [row, BUILT_IN] : row;
    return { owasp, threat, why };
  }),
);
