import { partitionOf, regions } from "../../../stacks/common/regions";
import { synthesizeApp } from "../support/synthesized-app";

describe("the regions", () => {
  it("are each named once, in the form that AWS gives them", () => {
    expect(new Set(regions).size).toBe(regions.length);
    for (const region of regions) expect(region).toMatch(/^[a-z]{2}([a-z]{2})?(-[a-z]+)+-\d$/);
  });

  it.each([
    ["us-east-1", { id: "aws", dnsSuffix: "amazonaws.com" }],
    ["cn-northwest-1", { id: "aws-cn", dnsSuffix: "amazonaws.com.cn" }],
    ["us-gov-east-1", { id: "aws-us-gov", dnsSuffix: "amazonaws.com" }],
    ["eusc-de-east-1", { id: "aws-eusc", dnsSuffix: "amazonaws.eu" }],
  ])("%s is in its partition", (region, partition) => {
    expect(partitionOf(region)).toEqual(partition);
  });

  it("do not include what nobody has heard of, and the error says where to add it", () => {
    expect(() => partitionOf("mars-east-1")).toThrow(
      '"mars-east-1" is not a region of stacks/common/regions.ts: add it there',
    );
  });
});

describe.each(["us-gov-west-1", "cn-north-1"])("the stacks in %s", (AWS_REGION) => {
  it("have no ARN of the standard partition in them", () => {
    const { messaging, edge, account } = synthesizeApp({ AWS_REGION, ...EVERYTHING });

    for (const stack of [messaging, edge, account]) expect(stack?.text).not.toMatch(/arn:aws:/);
    expect(account?.text).toContain(`arn:${partitionOf(AWS_REGION).id}:iam::aws:policy/`);
  });
});

/** Every setting that adds resources. */
const EVERYTHING = {
  MANAGE_API_GATEWAY_ACCOUNT: "true",
  CUSTOMER_KEYS: "true",
  EMAIL_SENDER: "no-reply@example.com",
  ALARMS: "true",
  ALARM_EMAIL: "ops@example.com",
  WEB_ACL_LOG: "true",
  XRAY_TRACING: "true",
};
