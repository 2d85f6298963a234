const ANOTHER_CODE = "takes other code in the function, and a switch changes settings";
const MORE_RESOURCES =
  "needs one more resource, such as another team's; a switch takes settings out, and adds nothing";
const TIME = "takes a day to pass";
const FAILURE =
  "something has to fail first: `npm start -- --fault` does that, and the Messages page shows what is kept";
const likewise = (threat: string) => `one more attack on the same setting: see "${threat}"`;

/** Why the console does not run the attack of a row of docs/security.md, whose defence is a setting. */
export const NOT_IN_CONSOLE: Readonly<Record<string, string>> = {
  "A user of one pool calls the other pool's function": likewise("A token of the other pool"),
  "A client names somebody else in headers that a framework may trust": ANOTHER_CODE,
  "A body brings a request context of its own": likewise("A value of another type"),
  "A forged token names a victim": likewise("The attacker's signature"),
  "Somebody signs up with an address of another person":
    "needs the code that was mailed to that person, which the Inbox page shows",
  "A temporary password is found later": TIME,
  "A password is stolen from a user with an authenticator app":
    "needs a user with an authenticator app, which the login page sets up",
  "A stolen refresh token is used for weeks": TIME,
  "Nested arrays beyond 8 KB": likewise("A body is larger than any request of ours"),
  "A line separator or half a character in the name": ANOTHER_CODE,
  "An answer tells how a function failed": ANOTHER_CODE,
  "A flood comes pipelined over one connection": likewise(
    "Somebody without a token floods an API, which the throttle behind the authorizer never sees",
  ),
  "A deeply nested body exhausts a parser": likewise("Nested arrays within 8 KB"),
  "A compressed body unpacks to gigabytes":
    "the attack is the setting itself: with it the start fails, because nothing is unpacked here",
  "One function takes all of the account's concurrency":
    "the setting is not set, and a thousand instances at once are too many for this machine",
  "A client calls all day long":
    "the plan's throttle lets so many requests through only in the course of a day",
  "A route that is dear to run gets as many requests as the others":
    'needs a route with a throttle of its own; the switch is that of "A signed-in user floods an API"',
  "A stolen function publishes elsewhere": MORE_RESOURCES,
  "A stolen function reads other secrets": MORE_RESOURCES,
  "Another API of the account invokes the function, without an authorizer": MORE_RESOURCES,
  "A method without authorizer is slipped into the API": MORE_RESOURCES,
  "Another topic invokes InternalLambda": MORE_RESOURCES,
  "The API invokes a function that does not permit it":
    "the attack is the setting itself: without the permission nobody gets to the function",
  "A function runs with a role made for another service":
    "the attack is the setting itself: with another trust policy the start fails, as a deployment does on AWS",
  "A user who is in none of a route's groups calls it": "needs a route with groups, which none is by default",
  "An access token that was given for something else calls a route with scopes":
    "needs a route with scopes, which none has by default",
  "Whoever changed the secret sends the names somewhere else": MORE_RESOURCES,
  "A body in another or a broken encoding means something else to each parser":
    likewise("Bytes that are no UTF-8"),
  "A name forges lines of a log or commands of a terminal": likewise("A forged line of the log"),
  "A token ends in a log": ANOTHER_CODE,
  "A failure tells about the inside": ANOTHER_CODE,
  "A client pretends to come from a welcome address":
    "with `IP_RULE_ACTION=allow` and a list without this machine, the console's own requests are kept out too",
  "A route, method or stage is there that nobody knows of": MORE_RESOURCES,
  "Somebody looks for default and debugging endpoints": MORE_RESOURCES,
  "A method is deployed without an authorizer": "tests of the stacks keep it off, before anything is served",
  "A message that InternalLambda cannot handle is lost": FAILURE,
  "A message that SNS cannot deliver is lost": FAILURE,
  "Somebody finds out on the login page who has an account": likewise("Sign-in tells who has an account"),
  "A client that is not meant for it uses the login page": "every client of the stacks is meant for it",
};
