import { isIPv4 } from "node:net";
import fc from "fast-check";
import {
  readSettings,
  required,
  type SettingName,
  SettingsError,
  settings,
} from "../../../stacks/common/settings";
import { anyCharacter } from "../../support/any-character";
import { ELSEWHERE, NOT_OF_THE_STACKS, PRODUCTION } from "../../terraform/support/deployed-settings";

interface Expectation {
  readonly development: unknown;
  /** In any other environment, where it differs. */
  readonly production?: unknown;
  /** Other settings, without which it is refused. */
  readonly needs?: Partial<Record<SettingName, string>>;
  /** What is received, and what is read from it. */
  readonly accepts: readonly (readonly [received: string, read: unknown])[];
  readonly refuses: readonly string[];
  /** What every value that is read must be, said without the schema. */
  readonly holds: (value: unknown) => boolean;
}

const wholeNumber = (standard: number, min: number, max: number): Expectation => ({
  development: standard,
  accepts: [
    [String(min), min],
    [String(max), max],
  ],
  refuses: [String(min - 1), String(max + 1), "1e3", "1.5", " 50", "fifty", "0x20", "9".repeat(400)],
  holds: (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
});

const flag = (development: boolean, production = development): Expectation => ({
  development,
  production,
  accepts: [
    ["true", true],
    ["false", false],
  ],
  refuses: ["yes", "1", "True", "off"],
  holds: (value) => typeof value === "boolean",
});

const emailAddress: Expectation = {
  development: "",
  accepts: [
    ["no-reply@example.com", "no-reply@example.com"],
    ["a.b+c@mail.example.co.uk", "a.b+c@mail.example.co.uk"],
  ],
  refuses: ["example.com", "a@b", "a@", "A <a@example.com>", "a@example.com\n", "${x}@example.com"],
  holds: (value) => value === "" || /^[^@\s${}]+@[^@\s${}]+$/.test(String(value)),
};

const isList = (value: unknown, holds: (item: string) => boolean) =>
  Array.isArray(value) && value.every((item) => typeof item === "string" && holds(item));
const isMadeOf = (value: unknown, characters: string, max: number) =>
  typeof value === "string" && value.length <= max && [...value].every((one) => characters.includes(one));
const isWebAddress = (value: string) => {
  const { protocol, hostname, hash, username } = new URL(value);
  return (protocol === "https:" || hostname === "localhost") && hash === "" && username === "";
};

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";

const expectations: Readonly<Record<SettingName, Expectation>> = {
  ENVIRONMENT: {
    development: "development",
    production: "production",
    accepts: [
      ["a", "a"],
      ["pr-12", "pr-12"],
      ["a".repeat(16), "a".repeat(16)],
    ],
    refuses: ["Production", "1st", "-a", "a-", "a_b", "a".repeat(17), "prod\n", "../x", "${x}", "moto"],
    holds: (value) => isMadeOf(value, `${LOWER}${DIGITS}-`, 16) && value !== "",
  },
  AWS_REGION: {
    development: "us-east-1",
    accepts: [
      ["eu-central-1", "eu-central-1"],
      ["ap-southeast-5", "ap-southeast-5"],
      ["us-gov-west-1", "us-gov-west-1"],
      ["cn-north-1", "cn-north-1"],
    ],
    refuses: [
      "eu-central",
      "eu-central-3",
      "eu-central-10",
      "EU-CENTRAL-1",
      "moon",
      "us-east-1a",
      "us-east-1\n",
    ],
    holds: (value) => isMadeOf(value, `${LOWER}${DIGITS}-`, 100) && value !== "",
  },
  NAME_PREFIX: {
    development: "",
    accepts: [
      ["a", "a"],
      ["Acme-1", "Acme-1"],
      ["a".repeat(12), "a".repeat(12)],
    ],
    refuses: ["a-", "-a", "1a", "a_b", "a.b", "a".repeat(13), "acme\n", "${x}"],
    holds: (value) => isMadeOf(value, `${LOWER}${LOWER.toUpperCase()}${DIGITS}-`, 12),
  },
  ROLE_PATH: {
    development: "/",
    accepts: [["/teams/api-1/", "/teams/api-1/"]],
    refuses: ["teams", "/teams", "teams/", "//", "/a b/", "/${x}/", "/a/\n"],
    holds: (value) =>
      String(value).startsWith("/") && String(value).endsWith("/") && !/[^\w./-]/.test(String(value)),
  },
  PERMISSIONS_BOUNDARY: {
    development: "",
    accepts: [
      "arn:aws:iam::123456789012:policy/boundary",
      "arn:aws-us-gov:iam::123456789012:policy/teams/boundary",
      "arn:aws:iam::aws:policy/PowerUserAccess",
    ].map((arn) => [arn, arn] as const),
    refuses: [
      "boundary",
      "arn:aws:iam::123456789012:role/boundary",
      "arn:aws:iam::12345678901:policy/boundary",
      "arn:aws:iam::123456789012:policy/${x}",
      "arn:aws:iam::123456789012:policy/",
    ],
    holds: (value) => value === "" || /^arn:aws[^$]+:policy\/[^$]+$/.test(String(value)),
  },
  EXTRA_TAGS: {
    development: {},
    accepts: [
      ["CostCenter=42", { CostCenter: "42" }],
      ["Owner=api team, Mail=a@example.com ,Empty=", { Owner: "api team", Mail: "a@example.com", Empty: "" }],
      ["Formula=a=b", { Formula: "a=b" }],
    ],
    refuses: ["CostCenter", "=42", "aws:owner=me", "Owner=${x}", "Owner=a\nb", `${"k".repeat(129)}=1`],
    holds: (value) =>
      typeof value === "object" &&
      value !== null &&
      Object.entries(value).every(([key, text]) => key !== "" && !/[${}\n]/.test(`${key}${text}`)),
  },
  STAGE_NAME: {
    development: "",
    accepts: [
      ["v1", "v1"],
      ["V_1-x", "V_1-x"],
      ["s".repeat(128), "s".repeat(128)],
    ],
    refuses: ["a/b", "a b", "s".repeat(129), "v1.0", "$default"],
    holds: (value) => isMadeOf(value, `${LOWER}${LOWER.toUpperCase()}${DIGITS}_-`, 128),
  },
  THROTTLE_RATE: wholeNumber(50, 1, 10_000),
  THROTTLE_BURST: wholeNumber(50, 1, 5000),
  IP_SET_CIDRS: {
    development: ["127.0.0.1/32"],
    accepts: [
      ["203.0.113.7/32", ["203.0.113.7/32"]],
      ["0.0.0.0/1, 255.255.255.255/32,", ["0.0.0.0/1", "255.255.255.255/32"]],
      ["10.0.0.0/8,192.168.0.0/16", ["10.0.0.0/8", "192.168.0.0/16"]],
    ],
    refuses: ["203.0.113.7", "0.0.0.0/0", "1.2.3.4/33", "256.0.0.1/32", "1.2.3/24", "01.2.3.4/32", "::1/128"],
    holds: (value) =>
      isList(value, (cidr) => {
        const [address = "", bits = ""] = cidr.split("/");
        return isIPv4(address) && Number(bits) >= 1 && Number(bits) <= 32;
      }),
  },
  IP_RULE_ACTION: {
    development: "count",
    accepts: [
      ["count", "count"],
      ["allow", "allow"],
      ["block", "block"],
    ],
    refuses: ["deny", "Allow", "captcha", " block"],
    holds: (value) => ["count", "allow", "block"].includes(String(value)),
  },
  WAF_RATE_LIMIT: wholeNumber(2000, 10, 2_000_000_000),
  SECRET_RECOVERY_DAYS: {
    ...wholeNumber(0, 0, 30),
    production: 30,
    accepts: [
      ["0", 0],
      ["7", 7],
      ["30", 30],
    ],
    refuses: ["1", "6", "31", "-1", "seven"],
    holds: (value) => value === 0 || (Number.isInteger(value) && Number(value) >= 7 && Number(value) <= 30),
  },
  LOG_RETENTION_DAYS: {
    development: 14,
    production: 365,
    accepts: [
      ["1", 1],
      ["3653", 3653],
    ],
    refuses: ["0", "2", "15", "366", "3654", "-1", "never"],
    holds: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 3653,
  },
  CUSTOMER_KEYS: flag(false),
  DASHBOARD: flag(true),
  ALARMS: flag(false, true),
  ALARM_EMAIL: { ...emailAddress, needs: { ALARMS: "true" } },
  WEB_ACL_LOG: flag(false, true),
  XRAY_TRACING: flag(false),
  TARGET: {
    development: "aws",
    accepts: [
      ["aws", "aws"],
      ["moto", "moto"],
    ],
    refuses: ["AWS", "gcp", "moto ", "local"],
    holds: (value) => value === "aws" || value === "moto",
  },
  STATE_BUCKET: {
    development: "",
    accepts: [
      ["abc", "abc"],
      ["my.state-1", "my.state-1"],
      ["b".repeat(63), "b".repeat(63)],
    ],
    refuses: ["ab", "b".repeat(64), "-abc", "abc-", "My-State", "a_b_c", "s3://state"],
    holds: (value) => isMadeOf(value, `${LOWER}${DIGITS}.-`, 63),
  },
  CORS_ORIGIN: {
    development: "",
    accepts: [
      ["https://app.example.com", "https://app.example.com"],
      ["https://app.example.com:8443", "https://app.example.com:8443"],
      ["http://localhost:5173", "http://localhost:5173"],
      ["http://localhost", "http://localhost"],
    ],
    refuses: [
      "*",
      "null",
      "http://app.example.com",
      "https://app.example.com/",
      "https://app.example.com:443",
      "https://App.example.com",
      "https://*.example.com",
      "https://a'b.example.com",
      "http://localhost.example.com",
      "https://a.example.com,https://b.example.com",
      "https://localhost:99999",
      "https://",
    ],
    holds: (value) =>
      value === "" || (isWebAddress(String(value)) && new URL(String(value)).origin === String(value)),
  },
  CALLBACK_URLS: {
    development: ["http://localhost:3001/callback", "http://localhost:3002/callback"],
    production: required,
    accepts: [
      ["https://app.example.com", ["https://app.example.com"]],
      [
        "https://a.example.com/x?y=1 , http://localhost/z",
        ["https://a.example.com/x?y=1", "http://localhost/z"],
      ],
    ],
    refuses: [
      ",",
      "http://app.example.com/callback",
      "https://app.example.com/callback#here",
      "https://app.example.com/${aws_iam_role.x.arn}",
      "https://app.example.com:99999/callback",
      "myapp://callback",
      "/callback",
      "https://user@example.com/callback",
    ],
    holds: (value) => isList(value, isWebAddress) && Array.isArray(value) && value.length > 0,
  },
  LOGOUT_URLS: {
    development: [],
    accepts: [
      ["https://a.example.com/bye, http://localhost/", ["https://a.example.com/bye", "http://localhost/"]],
    ],
    refuses: ["http://app.example.com/", "https://app.example.com/#here", "/"],
    holds: (value) => isList(value, isWebAddress),
  },
  PASSWORD_SIGN_IN: flag(true, false),
  DELETION_PROTECTION: flag(false, true),
  MFA: {
    development: "optional",
    accepts: [
      ["optional", "optional"],
      ["on", "on"],
    ],
    refuses: ["off", "ON", "sms"],
    holds: (value) => value === "optional" || value === "on",
  },
  SELF_SIGN_UP: flag(true, false),
  EMAIL_SENDER: emailAddress,
  EMAIL_IDENTITY: {
    development: "",
    needs: { EMAIL_SENDER: "no-reply@example.com" },
    accepts: [
      ["example.com", "example.com"],
      ["no-reply@example.com", "no-reply@example.com"],
    ],
    refuses: ["example", "@example.com", "${x}.example.com", "example.com\n"],
    holds: (value) => !/[\s${}]/.test(String(value)),
  },
  LAMBDA_CONCURRENCY: wholeNumber(1000, 10, 1_000_000),
  FUNCTION_MEMORY_MB: wholeNumber(256, 128, 10_240),
  FUNCTION_TIMEOUT_SECONDS: wholeNumber(10, 5, 28),
  API_CLIENTS: {
    development: [],
    accepts: [
      ["mobile", ["mobile"]],
      ["mobile, partner-1 ,", ["mobile", "partner-1"]],
      ["c".repeat(32), ["c".repeat(32)]],
    ],
    refuses: ["Mobile", "c".repeat(33), "a b", "a_b", "mobile,partner,mobile"],
    holds: (value) =>
      isList(value, (name) => isMadeOf(name, `${LOWER}${DIGITS}-`, 32)) &&
      Array.isArray(value) &&
      new Set(value).size === value.length,
  },
  API_CLIENT_RATE: wholeNumber(10, 1, 10_000),
  API_CLIENT_BURST: wholeNumber(20, 1, 5000),
  API_CLIENT_DAILY_QUOTA: wholeNumber(10_000, 1, 1_000_000_000),
  RATES_PROVIDER_URL: {
    development: "",
    needs: { API_CLIENTS: "partner" },
    accepts: [
      ["https://openexchangerates.org/api", "https://openexchangerates.org/api"],
      ["http://localhost:8080", "http://localhost:8080"],
    ],
    refuses: [
      "http://rates.example.com",
      "http://127.0.0.1:8080",
      "https://rates.example.com/?app_id=secret",
      "https://user:password@rates.example.com",
      "https://rates.example.com/#a",
      "ftp://rates.example.com",
      "rates.example.com",
      "${x}",
    ],
    holds: (value) => value === "" || (isWebAddress(String(value)) && !String(value).includes("?")),
  },
  MANAGE_API_GATEWAY_ACCOUNT: flag(false),
};

/** What has to be set in production. */
const inProduction: Partial<Record<SettingName, string>> = {
  ENVIRONMENT: "production",
  CALLBACK_URLS: "https://app.example.com/callback",
};

const names = Object.keys(settings).filter((name): name is SettingName => name in settings);

describe.each(names)("%s", (name) => {
  const { development, production = development, accepts, refuses, needs } = expectations[name];

  it("has its default where it is unset or empty", () => {
    expect(readSettings({})[name]).toEqual(development);
    expect(readSettings({ [name]: "" })[name]).toEqual(development);
    if (production !== required) expect(readSettings(inProduction)[name]).toEqual(production);
  });

  it("has to be set in production where no default is safe there", () => {
    const { [name]: _, ...others } = inProduction;

    const read = () => readSettings(others);

    if (production === required)
      expect(read).toThrow(
        `${name} is not set, and has no default in production; accepted: ${settings[name].accepted}`,
      );
    else expect(read).not.toThrow();
  });

  it("is in every other environment what it is in development", () => {
    const temporary = readSettings({ ENVIRONMENT: "pr-12" });

    expect(temporary).toEqual({ ...readSettings({}), ENVIRONMENT: "pr-12" });
  });

  it.each(accepts)("takes %j", (received, expected) => {
    const read = readSettings({ ...needs, [name]: received });

    expect(read[name]).toEqual(expected);
    if (needs !== undefined)
      expect(() => readSettings({ [name]: received })).toThrow(
        `${name} is ${JSON.stringify(expected)}; it needs ${Object.keys(needs)} as well`,
      );
  });

  it.each(refuses)("refuses %j, and says what it accepts", (received) => {
    const error = errorOf(() => readSettings({ [name]: received }));

    expect(error).toBeInstanceOf(SettingsError);
    expect(error).toHaveProperty(
      "message",
      `${name} is ${JSON.stringify(received)}; accepted: ${settings[name].accepted}`,
    );
  });

  it("says what it is for", () => {
    expect(settings[name].description).toMatch(/\w+ \w+/);
  });
});

describe("readSettings", () => {
  it("reports every wrong setting at once", () => {
    const error = errorOf(() =>
      readSettings({ THROTTLE_RATE: "0", AWS_REGION: "moon", API_CLIENTS: "a,a", STAGE_NAME: "v1" }),
    );

    expect(String(error).match(/\w+(?= is ")/g)).toEqual(["AWS_REGION", "THROTTLE_RATE", "API_CLIENTS"]);
  });

  it("reads nothing but its argument, and leaves that as it is", () => {
    const before = process.env.THROTTLE_RATE;
    process.env.THROTTLE_RATE = "7";
    const env = Object.freeze({ THROTTLE_BURST: "9" });

    try {
      const first = readSettings(env);

      expect(first).toMatchObject({ THROTTLE_RATE: 50, THROTTLE_BURST: 9 });
      expect(readSettings(env)).toEqual(first);
    } finally {
      if (before === undefined) delete process.env.THROTTLE_RATE;
      else process.env.THROTTLE_RATE = before;
    }
  });

  it("never returns what is not accepted, nor throws anything but a SettingsError", () => {
    fc.assert(
      fc.property(fc.record(arbitraries(), { requiredKeys: [] }), (env) => {
        try {
          const read = readSettings(env);
          for (const name of names) if (!expectations[name].holds(read[name])) return false;
          return true;
        } catch (error) {
          return error instanceof SettingsError;
        }
      }),
      { numRuns: 100 },
    );
  });

  it.each(names)("never reads from %s what is not accepted", (name) => {
    fc.assert(
      fc.property(arbitraryOf(name), (received) => {
        try {
          return expectations[name].holds(
            readSettings({ ...expectations[name].needs, [name]: received })[name],
          );
        } catch (error) {
          return error instanceof SettingsError;
        }
      }),
      { numRuns: 100 },
    );
  });
});

it("every setting is deployed by test:terraform with its default and with another value", () => {
  const standard = readSettings({});
  const others = [PRODUCTION, ELSEWHERE].map((env) => readSettings(env));

  const never = names.filter(
    (name) =>
      !NOT_OF_THE_STACKS.includes(name) &&
      others.every((read) => JSON.stringify(read[name]) === JSON.stringify(standard[name])),
  );
  expect(never).toEqual([]);
});

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

function arbitraries(): Record<string, fc.Arbitrary<string>> {
  return Object.fromEntries(names.map((name) => [name, arbitraryOf(name)]));
}

/** Any text, and what is accepted with one character put somewhere in it. */
function arbitraryOf(name: SettingName): fc.Arbitrary<string> {
  const accepted = fc.constantFrom("", ...expectations[name].accepts.map(([received]) => received));
  const nearly = fc
    .tuple(
      accepted,
      fc.nat(20),
      fc.oneof(fc.constantFrom(..."0159aZ-_.,:/#{}$*'\" \n"), fc.string({ maxLength: 3 })),
    )
    .map(([value, at, inserted]) => value.slice(0, at) + inserted + value.slice(at));
  return fc.oneof(accepted, nearly, fc.string({ unit: anyCharacter, maxLength: 40 }));
}
