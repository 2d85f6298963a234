import { reasonOf } from "../common/describe-error";

/** One row of the end-to-end check: what was asked, what should come, what came. */
export interface Check {
  readonly name: string;
  /** `POST /lambda1, no token` */
  readonly request: string;
  readonly expected: string;
  readonly got: string;
  /** `skipped` only where the deployment cannot show it from here; `note` says why. */
  readonly outcome: "passed" | "failed" | "skipped";
  readonly note?: string;
}

/** Compares, and keeps what an assertion that threw had to say. */
export async function check(
  name: string,
  request: string,
  expected: string,
  ask: () => Promise<string>,
): Promise<Check> {
  try {
    const got = await ask();
    return { name, request, expected, got, outcome: got === expected ? "passed" : "failed" };
  } catch (error) {
    return { name, request, expected, got: reasonOf(error), outcome: "failed" };
  }
}
