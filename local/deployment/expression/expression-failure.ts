/**
 * Why an expression has no value: a syntax or a function that is not supported, or an operand that does not fit. It
 * never leaves `evaluateTemplate`, which turns it into a `DeploymentError` with the resource's address.
 */
export class ExpressionFailure extends Error {
  override readonly name = "ExpressionFailure";
}
