import type { TestAnswer, TestRequest, TestRuntime } from "../../support/local-runtime";

/** One request after the other, so that the order of the answers is that of the requests. */
export async function sendInTurn(
  test: TestRuntime,
  count: number,
  request: TestRequest | ((index: number) => TestRequest),
): Promise<TestAnswer[]> {
  const answers: TestAnswer[] = [];
  for (let index = 0; index < count; index++) {
    answers.push(await test.send(typeof request === "function" ? request(index) : request));
  }
  return answers;
}

/** `{ 400: 50, 429: 3 }` */
export function tally(answers: readonly { readonly status: number }[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
