/** Where and when the prices hold. */
export const PRICES_OF = { region: "us-east-1", date: "November 2026", currency: "USD" } as const;

/** What is paid a month for each thing that is there, or for each unit that is used. */
export interface Price {
  readonly usd: number;
  /** How many every account has for nothing, for good. @default 0 */
  readonly free?: number;
  /** The page that says so. */
  readonly source: string;
}

const page = (service: string) => `https://aws.amazon.com/${service}/pricing/`;

/**
 * Prices in USD of the region us-east-1, as AWS's pricing pages gave them in November 2026; most other regions are up to a
 * quarter dearer. Free tiers that every account has, for good, are taken off; those of a new account's first months are not.
 */
export const PRICES = {
  webAcl: { usd: 5, source: page("waf") },
  webAclRule: { usd: 1, source: page("waf") },
  secret: { usd: 0.4, source: page("secrets-manager") },
  key: { usd: 1, source: page("kms") },
  alarm: { usd: 0.1, free: 10, source: page("cloudwatch") },
  dashboard: { usd: 3, free: 3, source: page("cloudwatch") },
  millionWebAclRequests: { usd: 0.6, source: page("waf") },
  /** The first 333 million a month. */
  millionApiRequests: { usd: 3.5, source: page("api-gateway") },
  millionFunctionRuns: { usd: 0.2, free: 1, source: page("lambda") },
  armSeconds: { usd: 0.0000133334, free: 400_000, source: page("lambda") },
  x86Seconds: { usd: 0.0000166667, free: 400_000, source: page("lambda") },
  /** Deliveries to functions and queues are free. */
  millionPublishes: { usd: 0.5, free: 1, source: page("sns") },
  millionTraces: { usd: 5, free: 0.1, source: page("xray") },
  gigabyteOfLog: { usd: 0.5, free: 5, source: page("cloudwatch") },
} as const satisfies Readonly<Record<string, Price>>;
