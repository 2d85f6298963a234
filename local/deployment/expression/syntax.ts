import type { Value } from "../attributes";

/** A parsed expression of Terraform's language, as far as the runtime evaluates it. */
export type Expression =
  | { readonly kind: "literal"; readonly value: Value }
  /** Text with interpolations; its value is always a string. */
  | { readonly kind: "template"; readonly parts: readonly (string | Expression)[] }
  /** A reference's first word, `aws_sns_topic` or `data`; what follows are the steps of an access. */
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "access"; readonly base: Expression; readonly steps: readonly Step[] }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [key: Expression, value: Expression])[] }
  | { readonly kind: "unary"; readonly operator: UnaryOperator; readonly operand: Expression }
  /** `first operator operand operator operand …` with operators of one level, from the left. */
  | { readonly kind: "binary"; readonly first: Expression; readonly rest: readonly Operation[] }
  | {
      readonly kind: "conditional";
      readonly condition: Expression;
      readonly whenTrue: Expression;
      readonly whenFalse: Expression;
    }
  /** `[for key, value in collection : result if condition]`, `{for … : key => result...}`, `%{ for … }result%{ endfor }`. */
  | {
      readonly kind: "for";
      readonly form: "list" | "object" | "text";
      readonly names: ForNames;
      readonly collection: Expression;
      /** Of an object's member. */
      readonly key?: Expression;
      readonly result: Expression;
      readonly condition?: Expression;
      /** `...`: results with one key are a list. */
      readonly groups: boolean;
    }
  | {
      readonly kind: "call";
      readonly name: string;
      readonly arguments: readonly Expression[];
      /** `f(list...)`: the last argument's items are arguments of their own. */
      readonly expandsLast: boolean;
    };

/** What an item and its key, or its index, are called in a `for`. */
export interface ForNames {
  readonly key?: string;
  readonly value: string;
}

export type Step =
  /** `.name`, `[0]`, `["name"]`, `.0` */
  | { readonly kind: "key"; readonly key: Expression; readonly form: "attribute" | "index" }
  /** `[*]` goes on through every step after it, `.*` only through attributes. */
  | { readonly kind: "splat"; readonly form: "full" | "attributes" };

export interface Operation {
  readonly operator: BinaryOperator;
  readonly operand: Expression;
}

export type UnaryOperator = "-" | "!";

/** From the weakest to the strongest; operators of one level bind from the left. */
export const operatorLevels = [
  ["||"],
  ["&&"],
  ["==", "!="],
  [">=", "<=", ">", "<"],
  ["+", "-"],
  ["*", "/", "%"],
] as const;

export type BinaryOperator = (typeof operatorLevels)[number][number];
