/** What the stack sets in the environment of a function that the `rates` handler serves. */
export interface RatesEnv {
  /** Where the provider's API is, `https://openexchangerates.org/api`: the function calls nothing else on the internet. */
  readonly PROVIDER_URL: string;
  /** The ARN of the secret that is the provider's key. */
  readonly PROVIDER_KEY_SECRET_ARN: string;
  /** The origins whose pages may read the answers, separated by commas; empty for none. */
  readonly CORS_ORIGINS: string;
}
