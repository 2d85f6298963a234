import { createHandler } from "./handler";

/** Answers API Gateway for GET /rates/{currency}. Throws while it starts when its environment is wrong. */
export const handler = createHandler(process.env);
