import type { Value } from "../../../deployment/attributes";
import { Resource } from "../../../deployment/deployment";
import { LOWERCASE, seededId } from "../../../kernel/ids";
import type { ApiDocument, Members } from "./document";

/** Writes the parts of a document as the resources that Terraform would create for them. */
export class Parts {
  readonly resources: Resource[] = [];

  constructor(private readonly document: ApiDocument) {}

  /** The same for the same place in the document in every run. */
  id(path: string): string {
    return seededId(this.document.api.seed(`body ${path}`), 6, LOWERCASE);
  }

  /** @param path where it is in the document, for messages. @returns its id */
  add(type: string, path: string, values: Readonly<Record<string, Value | undefined>>): string {
    const { api, address } = this.document;
    const id = this.id(`${type} ${path}`);
    const given = defined({ rest_api_id: api.string("id"), ...values });
    this.resources.push(new Resource(api.stack, `${address}.${path}`, type, { id, ...given }, given));
    return id;
  }
}

/** Without the members that are not set. */
function defined(values: Readonly<Record<string, Value | undefined>>): Members {
  const members: Record<string, Value> = {};
  for (const [key, value] of Object.entries(values)) if (value !== undefined) members[key] = value;
  return members;
}
