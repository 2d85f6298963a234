import type { CommandContext } from "../../local/command/command";
import { UserError } from "../../local/kernel/user-error";
import { openApiDocuments } from "../../local/openapi";
import { writeAsked } from "../common/written-file";
import { synthesizeForServing } from "../serving/synthesize";

interface OpenApiWords {
  readonly out?: string | undefined;
  readonly stage?: string | undefined;
}

/** Writes the OpenAPI document of the stacks' API, with the settings in force. */
export async function writeOpenApi({ out, stage }: OpenApiWords, context: CommandContext): Promise<number> {
  const { deployment, remove } = await synthesizeForServing(context);
  try {
    const documents = openApiDocuments(deployment);
    const [first] = documents.keys();
    const name = stage ?? first ?? "";
    const document = documents.get(name);
    if (document === undefined) {
      const known = [...documents.keys()].join(", ") || "none";
      throw new UserError(`the stacks have no stage ${JSON.stringify(name)}; stages: ${known}`);
    }
    const text = `${JSON.stringify(document, null, 2)}\n`;
    if (out === undefined) context.stdout.write(text);
    else {
      writeAsked("out", out, text);
      context.stdout.write(`OpenAPI document of the stage ${name} written to ${out}\n`);
    }
    return 0;
  } finally {
    remove();
  }
}
