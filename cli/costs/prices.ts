/** Where and when the prices hold. */
export const PRICES_OF = { region: "us-east-1", date: "November 2026", currency: "USD" } as const;

/**
 * Prices in USD of the region us-east-1, as AWS's pricing pages gave them in November 2026; most other regions are up to a
 * quarter dearer. Free tiers that every account has, for good, are taken off; those of a new account's first months are not.
 */
export const PRICES = {
  /** https://aws.amazon.com/waf/pricing/ */
  webAcl: { month: 5 },
  webAclRule: { month: 1 },
  webAclRequests: { million: 0.6 },
  /** https://aws.amazon.com/secrets-manager/pricing/ */
  secret: { month: 0.4 },
  /** https://aws.amazon.com/kms/pricing/ */
  key: { month: 1 },
  /** https://aws.amazon.com/cloudwatch/pricing/ */
  alarm: { month: 0.1, free: 10 },
  dashboard: { month: 3, free: 3 },
  logIngestion: { gigabyte: 0.5, free: 5 },
  /** https://aws.amazon.com/api-gateway/pricing/: the first 333 million a month */
  apiRequests: { million: 3.5 },
  /** https://aws.amazon.com/lambda/pricing/ */
  functionRequests: { million: 0.2, free: 1 },
  functionSeconds: { x86_64: 0.0000166667, arm64: 0.0000133334, free: 400_000 },
  /** https://aws.amazon.com/sns/pricing/: deliveries to functions and queues are free */
  publishes: { million: 0.5, free: 1 },
  /** https://aws.amazon.com/xray/pricing/ */
  traces: { million: 5, free: 0.1 },
} as const;
