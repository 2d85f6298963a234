import { createHandler } from "./handler";

/** Greets every name that SNS delivers, in InternalLambda's log. */
export const handler = createHandler(process.env);
