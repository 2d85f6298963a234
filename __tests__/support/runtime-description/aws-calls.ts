import type { Runtime } from "../../../local/runtime-options";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Answer = { [key: string]: Json };

/** Calls of the runtime's AWS API, as the administrator, answers as they come. */
export interface AwsCalls {
  /** A service with the JSON protocol: `logs`, `Logs_20140328.DescribeLogGroups`. */
  json(service: string, target: string, input?: object): Promise<Answer>;
  /** A service with paths. */
  get(service: string, path: string): Promise<Answer>;
}

export function awsCallsTo({ awsEndpointUrl, region }: Runtime): AwsCalls {
  const call = async (service: string, path: string, init: RequestInit): Promise<string> => {
    const scope = `local/20260101/${region}/${service}/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
    const answer = await fetch(`${awsEndpointUrl}${path}`, {
      ...init,
      headers: { ...init.headers, Authorization: authorization },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${service} ${path} answered ${answer.status}: ${text}`);
    return text;
  };
  return {
    async json(service, target, input = {}) {
      const headers = { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target };
      return JSON.parse(await call(service, "/", { method: "POST", headers, body: JSON.stringify(input) }));
    },
    get: async (service, path) => JSON.parse(await call(service, path, { method: "GET" })),
  };
}

/** The objects in a list of an answer. */
export function listIn(answer: Answer, member: string): Answer[] {
  const list = answer[member];
  if (!Array.isArray(list)) throw new Error(`no list ${member} in ${JSON.stringify(answer)}`);
  return list.map((item) => {
    if (typeof item !== "object" || item === null || Array.isArray(item))
      throw new Error(`${member} holds ${JSON.stringify(item)}, which is not an object`);
    return item;
  });
}
