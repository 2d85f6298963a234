import { createHandler } from "./handler";

/** Answers API Gateway for ExternalLambda1 and ExternalLambda2. Throws while it starts when its environment is wrong. */
export const handler = createHandler(process.env);
