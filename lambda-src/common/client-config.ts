/**
 * For clients of AWS's SDK, which give a service up while the function still has the time to answer: a call with its second
 * attempt takes 4 seconds and a short pause at most. Without `throwOnRequestTimeout` the SDK would only log a warning.
 */
export const clientConfig = {
  maxAttempts: 2,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    socketTimeout: 2_000,
    throwOnRequestTimeout: true,
  },
};
