import { isObject, type JsonObject } from "../../../kernel/json";
import { Expressions, listOf } from "./expressions";
import {
  isTrue,
  MOST_ITERATIONS,
  STEP,
  setMember,
  spend,
  TemplateError,
  toText,
  type Vtl,
  VtlList,
} from "./values";

/** A template as the engine parses it: text, and nodes of the Velocity Template Language. */
export type Syntax = readonly unknown[];

const MOST_DEPTH = 100;

type Signal = "break" | "stop" | undefined;

/**
 * Renders the syntax of a template with its variables.
 *
 * The engine's own renderer hands templates the methods of JavaScript, prints `$name` for what is not set, and runs as long as a
 * template pleases; API Gateway has Java's methods, prints nothing, and ends.
 *
 * @throws TemplateError for what is not served, and for a template that does not come to an end
 */
export class Renderer {
  private depth = 0;
  private signal: Signal;
  private readonly macros = new Map<string, { readonly names: readonly string[]; readonly body: Syntax }>();
  private readonly blocks = new Map<string, Syntax>();
  private readonly expressions: Expressions;

  constructor(
    private readonly variables: Map<string, Vtl>,
    /** For texts in double quotes, which are templates of their own. */
    private readonly parse: (text: string) => Syntax,
  ) {
    this.expressions = new Expressions(variables, (text) => this.quoted(text));
  }

  render(nodes: Syntax): string {
    const output: string[] = [];
    for (const node of nodes) {
      const text = typeof node === "string" ? node : this.node(node);
      spend(STEP + text.length);
      output.push(text);
      if (this.signal !== undefined) break;
    }
    return output.join("");
  }

  private node(node: unknown): string {
    if (Array.isArray(node)) return this.block(node);
    if (!isObject(node)) return "";
    switch (node.type) {
      case "references":
        return this.reference(node);
      case "set":
        this.set(node);
        return "";
      case "raw":
        return String(node.value);
      case "break":
      case "stop":
        this.signal = node.type;
        return "";
      case "macro_call":
        return this.macro(node);
      default:
        return "";
    }
  }

  private reference(node: JsonObject): string {
    const body = this.blocks.get(String(node.id));
    return body !== undefined && node.path === undefined
      ? this.within(() => this.render(body))
      : toText(this.expressions.value(node));
  }

  /** A directive with a body: it stands first in its list. */
  private block([head, ...body]: Syntax): string {
    if (!isObject(head)) return this.render([head, ...body]);
    switch (head.type) {
      case "if":
        return this.conditional([head, ...body]);
      case "foreach":
        return this.loop(head, body);
      case "define":
        this.blocks.set(String(head.id), body);
        return "";
      case "macro":
        this.macros.set(String(head.id), { names: listOf(head.args).map(idOf), body });
        return "";
      default:
        throw new TemplateError(`#${String(head.type)} is not served locally`);
    }
  }

  private conditional(nodes: Syntax): string {
    const branch: unknown[] = [];
    let isChosen = false;
    for (const node of nodes) {
      const type = isObject(node) ? node.type : undefined;
      if (type !== "if" && type !== "elseif" && type !== "else") {
        if (isChosen) branch.push(node);
        continue;
      }
      if (isChosen) break;
      isChosen = type === "else" || (isObject(node) && isTrue(this.expressions.value(node.condition)));
    }
    return this.render(branch);
  }

  private loop({ from, to }: JsonObject, body: Syntax): string {
    const source = this.expressions.value(from);
    const items =
      source instanceof VtlList ? [...source.items] : source instanceof Map ? [...source.values()] : [];
    if (items.length > MOST_ITERATIONS)
      throw new TemplateError(
        `a #foreach of ${items.length} iterations, where API Gateway allows ${MOST_ITERATIONS}`,
      );
    const name = typeof to === "string" ? to : idOf(to);
    const outer = ["foreach", "velocityCount", name].map((key) => [key, this.variables.get(key)] as const);
    const output = items.map((item, index) => {
      if (this.signal !== undefined) return "";
      const last = index === items.length - 1;
      const state = new Map<string, Vtl>();
      state.set("index", index).set("count", index + 1);
      state
        .set("hasNext", !last)
        .set("first", index === 0)
        .set("last", last);
      this.variables.set("foreach", state);
      this.variables.set("velocityCount", index + 1);
      this.variables.set(name, item);
      return this.render(body);
    });
    if (this.signal === "break") this.signal = undefined;
    for (const [key, value] of outer) this.restore(key, value);
    return output.join("");
  }

  private macro({ id, args }: JsonObject): string {
    const macro = this.macros.get(String(id));
    if (macro === undefined) throw new TemplateError(`#${String(id)} is not served locally`);
    const values = listOf(args).map((argument) => this.expressions.value(argument));
    const outer = macro.names.map((name) => [name, this.variables.get(name)] as const);
    for (const [index, name] of macro.names.entries()) this.variables.set(name, values[index] ?? null);
    const output = this.within(() => this.render(macro.body));
    for (const [name, value] of outer) this.restore(name, value);
    return output;
  }

  /** A macro or a block may use itself. */
  private within<T>(work: () => T): T {
    this.depth += 1;
    if (this.depth > MOST_DEPTH)
      throw new TemplateError(`the template uses itself more than ${MOST_DEPTH} times`);
    const result = work();
    this.depth -= 1;
    return result;
  }

  private restore(name: string, value: Vtl | undefined): void {
    if (value === undefined) this.variables.delete(name);
    else this.variables.set(name, value);
  }

  private set({ equal }: JsonObject): void {
    const [target, source] = listOf(equal);
    const value = this.expressions.value(source);
    if (!isObject(target)) return;
    const path = listOf(target.path);
    const last = path.at(-1);
    if (last === undefined) {
      this.variables.set(String(target.id), value);
      return;
    }
    setMember(
      this.expressions.value({ ...target, path: path.slice(0, -1) }),
      this.expressions.key(last),
      value,
    );
  }

  private quoted(text: string): string {
    return /[$#]/.test(text) ? this.within(() => this.render(this.parse(text))) : text;
  }
}

const idOf = (value: unknown): string => (isObject(value) ? String(value.id) : String(value));
