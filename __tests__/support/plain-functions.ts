import type { EditableStack } from "./synthesized-folder";

const PLAIN = `
export const handler = async () => ({ statusCode: 200, body: '{"message":"Hello"}' });
`;

/** The API's functions answer at once and publish nothing, for tests of what happens before them: their processes cost half as much. */
export function plainFunctions({ edge }: { readonly edge: EditableStack }): void {
  for (const name of edge.functionNames) edge.replaceCode(name, PLAIN);
}
