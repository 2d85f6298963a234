/**
 * What a bundle has in place of the SDK's default chain of credentials: Lambda puts those of the function's role into its environment,
 * for as long as the instance lives ("Defined runtime environment variables", AWS Lambda Developer Guide). The chain would go on to files,
 * metadata services and browsers, which a function does not have, and is a third of a bundle.
 */
export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";
