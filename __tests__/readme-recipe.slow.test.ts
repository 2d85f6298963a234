import { readFileSync } from "node:fs";
import path from "node:path";
import { ProjectClone } from "./cli/support/project-clone";

// Compilers, tests and demos of a whole project, in processes of their own.
jest.setTimeout(300_000);

const readme = readFileSync(path.resolve(__dirname, "../README.md"), "utf8");
const recipe = readme.slice(readme.indexOf("## Add an API"), readme.indexOf("## Settings"));

describe("README's recipe for an API of one's own", () => {
  const clone = ProjectClone.create();
  afterAll(() => clone.remove());

  it("works word by word: the two commands, the one edit, the demo again", async () => {
    const [generate = "", demo = ""] = [...recipe.matchAll(/^ {4}(npm .+)$/gm)].map(([, line]) => line);
    const [, edit = ""] = /```diff\n(.*?)```/s.exec(recipe) ?? [];

    expect(await clone.shell(generate)).toMatchObject({ code: 0 });
    const first = await clone.shell(demo);
    expect(first).toMatchObject({
      code: 0,
      output: expect.stringContaining("pass  GET /orders/{id}, a token of"),
    });

    clone.write("../edit.diff", edit);
    clone.git("apply", "../edit.diff");
    const second = await clone.shell(demo);
    const test = await clone.tool("jest", "__tests__/lambda-src/orders/");

    expect(second).toMatchObject({
      code: 0,
      output: expect.stringContaining('{"id":"1","state":"shipped"}'),
    });
    // "the handler's own test is red until it expects the new answer"
    expect(test).toMatchObject({ code: 1, output: expect.stringContaining("Hello from orders.") });
  });
});
