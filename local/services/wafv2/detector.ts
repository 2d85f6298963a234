/** Recognizes attacks in a value, given as bytes. A hit is likely one on AWS too; a miss says nothing. */
export interface Detector {
  detects(attack: Attack, bytes: string): boolean;
}

export type Attack = "sqli" | "xss";

/** The most bytes of a value that the library looks at (`DDWAF_MAX_STRING_LENGTH`, libddwaf): it cuts what is longer. */
const MOST_BYTES = 4096;
/** A value that takes longer is a miss. In microseconds. */
const TIME_LIMIT = 20_000;

/**
 * The detectors of libddwaf, which recognize what libinjection does and less: of the inputs that AWS WAF is reported to
 * block it found some and missed some, and it found none of those that AWS WAF is reported to let through.
 *
 * `undefined` on a platform for which `@datadog/native-appsec` has no build, or where it was not installed.
 */
export async function loadDetector(): Promise<Detector | undefined> {
  try {
    const { DDWAF } = await import("@datadog/native-appsec");
    const library = new DDWAF({ version: "2.2", rules: [ruleOf("sqli"), ruleOf("xss")] }, "detectors");
    return {
      detects(attack, bytes) {
        const context = library.createContext();
        const text = Buffer.from(bytes.slice(0, MOST_BYTES), "latin1").toString("utf8");
        const { status } = context.run({ ephemeral: { [attack]: text } }, TIME_LIMIT);
        context.dispose();
        return status === "match";
      },
    };
  } catch {
    return undefined;
  }
}

function ruleOf(attack: Attack): object {
  return {
    id: attack,
    name: attack,
    tags: { type: attack, category: "attack_attempt" },
    conditions: [{ operator: `is_${attack}`, parameters: { inputs: [{ address: attack }] } }],
  };
}
