import { request as httpRequest } from "node:http";

export interface WebRequest {
  readonly method: "GET" | "POST";
  /** With the query. */
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string;
}

export interface WebAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

export type Send = (request: WebRequest) => Promise<WebAnswer>;

/** A page, with what a test looks at. */
export class Page {
  constructor(readonly answer: WebAnswer) {}

  get status(): number {
    return this.answer.status;
  }

  header(name: string): string | undefined {
    return this.answer.headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  }

  get location(): string {
    return this.header("location") ?? "";
  }

  /** The parameters of the address to which it redirects. */
  get sent(): URLSearchParams {
    const { searchParams, hash } = new URL(this.location, "http://127.0.0.1");
    return hash === "" ? searchParams : new URLSearchParams(hash.slice(1));
  }

  get heading(): string {
    return text(/<h1>(.*?)<\/h1>/s.exec(this.answer.body)?.[1] ?? "");
  }

  /** What a person reads. */
  get words(): string {
    const main = /<main[^>]*>(.*)<\/main>/s.exec(this.answer.body)?.[1] ?? "";
    return text(main.replace(/<[^>]+>/g, " "))
      .replace(/\s+/g, " ")
      .trim();
  }

  get alert(): string {
    return text(/role="alert">(.*?)</s.exec(this.answer.body)?.[1] ?? "");
  }

  get notice(): string {
    return text(/role="status">(.*?)</s.exec(this.answer.body)?.[1] ?? "");
  }

  /** The error beside a field, which the field refers to. */
  error(field: string): string {
    const input = new RegExp(`<input id="${field}"[^>]*>`).exec(this.answer.body)?.[0] ?? "";
    const refers = input.includes('aria-invalid="true"') && /aria-describedby="[^"]*-error"/.test(input);
    return refers
      ? text(new RegExp(`id="${field}-error">(.*?)<`, "s").exec(this.answer.body)?.[1] ?? "")
      : "";
  }

  get fields(): string[] {
    return [...this.answer.body.matchAll(/<input id="([^"]+)"/g)].map(([, name = ""]) => name);
  }

  value(field: string): string | undefined {
    const found = new RegExp(`<input id="${field}"[^>]* value="([^"]*)"`).exec(this.answer.body)?.[1];
    return found === undefined ? undefined : text(found);
  }

  get focused(): string | undefined {
    return /<input id="([^"]+)"[^>]* autofocus>/.exec(this.answer.body)?.[1];
  }

  /** The forms, by the page that they are posted to. */
  form(page?: string): { readonly action: string; readonly hidden: Readonly<Record<string, string>> } {
    for (const [, action = "", inner = ""] of this.answer.body.matchAll(
      /<form[^>]* action="([^"]*)"[^>]*>(.*?)<\/form>/gs,
    )) {
      if (page !== undefined && !new RegExp(`/${page}\\?`).test(action)) continue;
      const hidden = [...inner.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
      return {
        action: text(action),
        hidden: Object.fromEntries(hidden.map(([, name = "", value = ""]) => [text(name), text(value)])),
      };
    }
    throw new Error(`there is no form ${page ?? ""} on the page ${this.status} ${this.heading}`);
  }

  link(label: string): string {
    const found = new RegExp(`<a[^>]* href="([^"]*)"[^>]*>${label.replace(/[?]/g, "\\?")}</a>`).exec(
      this.answer.body,
    );
    if (found?.[1] === undefined) throw new Error(`there is no link ${label} on the page ${this.heading}`);
    return text(found[1]);
  }
}

function text(markup: string): string {
  return markup
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

/** A browser without scripts: it keeps cookies, follows redirects on the site and submits forms. */
export class FormBrowser {
  readonly cookies = new Map<string, string>();
  page = new Page({ status: 0, headers: [], body: "" });

  constructor(
    private readonly send: Send,
    /** Of the page's own forms; a browser sends it with every post. */
    private readonly origin = "http://127.0.0.1:3000",
  ) {}

  /** Opens the address, and follows redirects as long as they stay on the site. */
  async open(path: string): Promise<Page> {
    return this.#follow(await this.get(path));
  }

  /** Opens the address and follows nothing. */
  async get(path: string, headers: readonly (readonly [string, string])[] = []): Promise<Page> {
    return this.#take(await this.send({ method: "GET", path, headers: [...headers, ...this.#cookie()] }));
  }

  /** Fills in the form of the current page and submits it. */
  async submit(values: Readonly<Record<string, string>>, form?: string): Promise<Page> {
    const { action, hidden } = this.page.form(form);
    return this.#follow(await this.post(action, { ...hidden, ...values }));
  }

  async post(
    path: string,
    values: Readonly<Record<string, string>>,
    headers: readonly (readonly [string, string])[] = [["Origin", this.origin]],
  ): Promise<Page> {
    return this.#take(
      await this.send({
        method: "POST",
        path,
        headers: [["Content-Type", "application/x-www-form-urlencoded"], ...headers, ...this.#cookie()],
        body: new URLSearchParams(values).toString(),
      }),
    );
  }

  async #follow(page: Page): Promise<Page> {
    let current = page;
    while (current.location.startsWith("/")) current = await this.get(current.location);
    return current;
  }

  #take(answer: WebAnswer): Page {
    for (const [name, value] of answer.headers) {
      if (name.toLowerCase() !== "set-cookie") continue;
      const [, key = "", content = ""] = /^([^=]+)=([^;]*)/.exec(value) ?? [];
      if (content === "") this.cookies.delete(key);
      else this.cookies.set(key, content);
    }
    this.page = new Page(answer);
    return this.page;
  }

  #cookie(): [string, string][] {
    const pairs = [...this.cookies].map(([name, value]) => `${name}=${value}`);
    return pairs.length === 0 ? [] : [["Cookie", pairs.join("; ")]];
  }
}

/** Over the network, with any header that a test likes. */
export function sendTo(port: number): Send {
  return ({ method, path, headers, body }) =>
    new Promise((resolve, reject) => {
      const outgoing = httpRequest({ host: "127.0.0.1", port, method, path, agent: false }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const pairs: [string, string][] = [];
          for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
            pairs.push([incoming.rawHeaders[index] ?? "", incoming.rawHeaders[index + 1] ?? ""]);
          }
          resolve({
            status: incoming.statusCode ?? 0,
            headers: pairs,
            body: Buffer.concat(chunks).toString("utf8"),
          });
        });
      });
      outgoing.on("error", reject);
      for (const [name, value] of headers) outgoing.setHeader(name, value);
      if (body !== undefined) outgoing.setHeader("Content-Length", Buffer.byteLength(body));
      outgoing.end(body);
    });
}
