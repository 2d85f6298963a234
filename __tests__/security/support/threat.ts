/** A row of the table of threats: what is attempted, what stops it, and the tests that show both. */
export interface Threat {
  readonly threat: string;
  /** A category of the OWASP API Security Top 10, edition 2023: `API2:2023`. */
  readonly owasp: `API${number}:2023`;
  /** What refuses the attack: `Cognito authorizer`. */
  readonly layer: string;
  /** The argument, as it stands in the synthesized JSON: `aws_api_gateway_method.authorization`. */
  readonly setting: string;
  /** `api2-authentication.test.ts › <the test's name>`: the attack is refused. */
  readonly test: string;
  /** The same attack with the defence taken out; left out where AWS has no setting that takes it out. */
  readonly counterpart?: string;
}
