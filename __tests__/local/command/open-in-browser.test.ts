import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Output } from "../../../local/command/output";
import type { Served } from "../../../local/command/serve";
import { openConsolePage } from "../../../local/command/serving";
import { eventually } from "../../support/eventually";

const consoleUrl = "http://127.0.0.1:3003/#token";
const served = { endpoints: { consoleUrl } } as Served;

describe("npm start -- --open", () => {
  let folder: string;
  let notices: string[];
  const output = { notice: (text: string) => notices.push(text) } as unknown as Output;
  const { PATH = "" } = process.env;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "secure-lambda-open-"));
    notices = [];
  });
  afterEach(() => {
    process.env.PATH = PATH;
    rmSync(folder, { recursive: true, force: true });
  });

  it("hands the console's address, token and all, to the program that opens browsers", async () => {
    const opened = path.join(folder, "opened");
    for (const name of ["xdg-open", "open"])
      writeFileSync(
        path.join(folder, name),
        `#!/bin/sh\nprintf %s "$1" > '${opened}.new' && mv '${opened}.new' '${opened}'\n`,
        {
          mode: 0o755,
        },
      );
    process.env.PATH = `${folder}${path.delimiter}${PATH}`;

    await openConsolePage(served, output);

    expect(await eventually(() => textOf(opened))).toBe(consoleUrl);
    expect(notices).toEqual([]);
  });

  it("says what to do on a machine without such a program", async () => {
    process.env.PATH = folder;

    await openConsolePage(served, output);

    expect(notices).toEqual(["no program opens a browser here: open the console's address yourself"]);
  });
});

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
