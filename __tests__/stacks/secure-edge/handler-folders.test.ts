import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { HandlerError } from "../../../stacks/common/errors";
import { checkHandlerFolders } from "../../../stacks/secure-edge/handler-folders";
import { handlers } from "../../../stacks/secure-edge/handlers";

describe("the handlers' folders", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "lambda-src-"));
    for (const name of ["orders", "internal"]) {
      mkdirSync(path.join(folder, name));
      writeFileSync(path.join(folder, name, "index.ts"), "");
    }
    mkdirSync(path.join(folder, "common"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("are those of the table, and what events invoke; what they share is not a handler", () => {
    expect(() => checkHandlerFolders(["orders"], folder)).not.toThrow();
    expect(() => checkHandlerFolders(Object.keys(handlers))).not.toThrow();
  });

  it("are missing for a handler that is in the table alone", () => {
    expect(() => checkHandlerFolders(["orders", "notes"], folder)).toThrow(
      new HandlerError(
        "the handler notes has no lambda-src/notes/index.ts: write it, or take the handler out of stacks/secure-edge/handlers/index.ts",
      ),
    );
  });

  it("are too many where the table does not name one", () => {
    expect(() => checkHandlerFolders([], folder)).toThrow(
      new HandlerError(
        "lambda-src/orders is a handler that nothing names: add it to stacks/secure-edge/handlers/index.ts, or remove the folder",
      ),
    );
  });
});
