import type { Attributes } from "../../../deployment/attributes";
import { DeploymentError } from "../../../deployment/attributes";
import { Renderer, type Syntax } from "./renderer";
import { bounded, type Vtl } from "./values";

type Parse = (text: string) => Syntax;

/**
 * A mapping template. Constant text needs no engine: it is loaded for the first template that has a reference or a directive,
 * which takes 15 ms of the processor.
 */
export class MappingTemplate {
  #compiled: Promise<{ readonly parse: Parse; readonly syntax: Syntax }> | undefined;

  constructor(
    readonly text: string,
    /** Where it is, for messages. */
    private readonly source: Attributes,
    private readonly key: string,
  ) {}

  get isConstant(): boolean {
    return !/[$#\\]/.test(this.text);
  }

  /** @throws DeploymentError for a template that cannot be parsed */
  async prepare(): Promise<void> {
    if (!this.isConstant) await this.#compile();
  }

  /** @throws TemplateError as `Renderer` */
  async render(variables: ReadonlyMap<string, Vtl>): Promise<string> {
    if (this.isConstant) return this.text;
    const { parse, syntax } = await this.#compile();
    return bounded(() => new Renderer(new Map(variables), parse).render(syntax));
  }

  #compile() {
    this.#compiled ??= this.#parsed();
    return this.#compiled;
  }

  async #parsed() {
    const engine = await import("velocityjs");
    const known = new Map<string, Syntax>();
    const parse = (text: string): Syntax => {
      const syntax = known.get(text) ?? engine.parse(text);
      known.set(text, syntax);
      return syntax;
    };
    try {
      return { parse, syntax: parse(this.text) };
    } catch (error) {
      const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
      throw new DeploymentError(
        `${this.source.address}: ${this.key} must be a template in VTL, received ${JSON.stringify(this.text.slice(0, 120))}: ${reason}`,
      );
    }
  }
}
