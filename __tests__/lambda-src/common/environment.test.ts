import { functionName, readEnvironment, type Variable } from "../../../lambda-src/common/environment";

const count: Variable<number> = {
  accepts: "a whole number",
  read: (text) => (/^\d+$/.test(text) ? Number(text) : undefined),
};

describe("The environment of a function", () => {
  it("is read into values of their own types", () => {
    const variables = { COUNT: count, AWS_LAMBDA_FUNCTION_NAME: functionName };

    const values = readEnvironment(variables, { COUNT: "0", AWS_LAMBDA_FUNCTION_NAME: "F", OTHER: "x" });

    expect(values).toEqual({ COUNT: 0, AWS_LAMBDA_FUNCTION_NAME: "F" });
  });

  it("is refused with every missing and every wrong variable, the value received and what is accepted", () => {
    const variables = { COUNT: count, SIZE: count, AWS_LAMBDA_FUNCTION_NAME: functionName };

    const read = () => readEnvironment(variables, { COUNT: "many", AWS_LAMBDA_FUNCTION_NAME: "" });

    expect(read).toThrow(
      "The function's environment variables are wrong. " +
        'COUNT is "many"; accepted: a whole number. ' +
        "SIZE is not set; accepted: a whole number. " +
        'AWS_LAMBDA_FUNCTION_NAME is ""; accepted: the name of the function, as Lambda sets it.',
    );
  });
});
