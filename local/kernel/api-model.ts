import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NumberRule, SizeRule, TextRule } from "./constraint";

/** What AWS's API model says of a value. */
export type Shape =
  | ({ readonly type: "text"; readonly sensitive?: true } & TextRule)
  | ({ readonly type: "integer" | "long" | "number" } & NumberRule)
  | { readonly type: "boolean" | "timestamp" }
  | ({ readonly type: "blob"; readonly sensitive?: true } & SizeRule)
  | StructureShape
  | ({ readonly type: "list"; readonly items?: string } & SizeRule)
  | ({ readonly type: "map"; readonly keys?: string; readonly values?: string } & SizeRule);

export interface StructureShape {
  readonly type: "structure";
  /** Each member with the name of its shape. */
  readonly members: Readonly<Record<string, string>>;
  readonly required?: readonly string[];
  /** Of a REST input, by their names in a request: the members that are headers, and those in the query string. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Of a REST input: the member that is the raw body. */
  readonly payloadMember?: string | undefined;
}

export type Shapes = Readonly<Record<string, Shape>>;

/**
 * `api-model.json`: what a service's API model says of the inputs of operations, by the operation's name. Of an operation that is
 * served it has every member, of one that Terraform calls only what is constrained. `__tests__/support/api-models/extract.py`
 * takes it from botocore.
 */
export interface ApiModel {
  readonly inputs: Readonly<Record<string, string>>;
  readonly shapes: Shapes;
}

const read = new Map<string, ApiModel>();

/** The model in a service's folder, which is read once. */
export function apiModelIn(folder: string): ApiModel {
  const model: ApiModel =
    read.get(folder) ?? JSON.parse(readFileSync(join(folder, "api-model.json"), "utf8"));
  read.set(folder, model);
  return model;
}

/** The input of an operation. @throws Error for one that the model does not have */
export function inputShape({ inputs, shapes }: ApiModel, operation: string): StructureShape {
  const shape = shapes[inputs[operation] ?? ""];
  if (shape?.type !== "structure") throw new Error(`the API model has no operation ${operation}`);
  return shape;
}
