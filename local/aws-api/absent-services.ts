/**
 * Services that speak REST with XML, by signing name (botocore 1.43: `protocol: rest-xml`). The runtime serves none of them, and
 * their SDKs would show a bare 404 for a refusal in JSON.
 */
const restXml: ReadonlySet<string> = new Set(["s3", "s3express", "s3-outposts", "cloudfront", "route53"]);

/** Whether the SDKs of a service that is not served read errors in XML. */
export function readsErrorsInXml(signingName: string | undefined): boolean {
  return signingName !== undefined && restXml.has(signingName);
}
