import {
  startTestRuntime,
  type TestAnswer,
  type TestRequest,
  type TestRuntime,
} from "../../support/local-runtime";
import type { Block, EditableStack } from "../../support/synthesized-folder";

/** What `act` finds out about a runtime that lives no longer: one with a defence taken out, mostly. */
export async function withRuntime<T>(
  options: Parameters<typeof startTestRuntime>[0],
  act: (test: TestRuntime) => Promise<T>,
): Promise<T> {
  const test = await startTestRuntime(options);
  try {
    return await act(test);
  } finally {
    await test.close();
  }
}

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

/** The stage lets everything through that gets as far as its throttle. */
export function takeThrottleOut(edge: EditableStack): void {
  const { settings } = edge.resource("aws_api_gateway_method_settings.stage");
  Object.assign(settings as object, { throttling_rate_limit: -1, throttling_burst_limit: -1 });
}

/** The web ACL's rule of that name, to be changed in place. */
export function webAclRule(edge: EditableStack, name: string): Block {
  const rule = webAclRules(edge).find((candidate) => candidate.name === name);
  if (rule === undefined) throw new Error(`the web ACL has no rule ${name}`);
  return rule;
}

export function removeWebAclRule(edge: EditableStack, name: string): void {
  webAclRule(edge, name);
  edge.resource("aws_wafv2_web_acl.edge").rule = webAclRules(edge).filter((rule) => rule.name !== name);
}

function webAclRules(edge: EditableStack): Block[] {
  const rules = edge.resource("aws_wafv2_web_acl.edge").rule;
  if (!Array.isArray(rules)) throw new Error("the web ACL has no list of rules");
  return rules as Block[];
}
