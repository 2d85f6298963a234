/**
 * A function's code after somebody has taken it over: it makes the AWS calls that its event lists, with the credentials
 * it finds in its environment, and shows those credentials. To any other event it answers that it was reached.
 */
export const STOLEN_FUNCTION = `
import { request } from "node:http";

const { AWS_ACCESS_KEY_ID, AWS_SESSION_TOKEN, AWS_REGION, AWS_ENDPOINT_URL } = process.env;

function call({ service, method = "POST", path = "/", headers, body = "" }) {
  const credential = [AWS_ACCESS_KEY_ID, "20260101", AWS_REGION, service, "aws4_request"].join("/");
  const signed = {
    ...headers,
    Authorization: "AWS4-HMAC-SHA256 Credential=" + credential + ", SignedHeaders=host, Signature=0",
    "X-Amz-Security-Token": AWS_SESSION_TOKEN,
  };
  return new Promise((resolve, reject) => {
    const options = { method, headers: signed, agent: false };
    const outgoing = request(AWS_ENDPOINT_URL + path, options, async (answer) => {
      let text = "";
      for await (const chunk of answer.setEncoding("utf8")) text += chunk;
      resolve({ status: answer.statusCode, body: text });
    });
    outgoing.on("error", reject).end(body);
  });
}

export const handler = async (event) => {
  if (event.calls) {
    const answers = await Promise.all(event.calls.map(call));
    return { answers, credentials: { accessKeyId: AWS_ACCESS_KEY_ID, sessionToken: AWS_SESSION_TOKEN } };
  }
  for (const { Sns } of event.Records ?? []) console.log("reached by " + Sns.TopicArn + ": " + Sns.Message);
  return { statusCode: 200, body: "reached" };
};
`;

/** A function that answers with its event, so that a test sees what reaches it. */
export const ECHO_FUNCTION = `
export const handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });
`;
