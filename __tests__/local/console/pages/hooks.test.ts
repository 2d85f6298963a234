import path from "node:path";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { sampleRequest } from "../support/sample-requests";

/** The pages' own code in a browser that never paints and has nothing to draw on. */
async function inBrowserWithoutPaint(script: string): Promise<unknown> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { h, options, render } from "preact";
        import { useRequests } from "./kit/hooks";
        import { requests } from "./kit/live";
        ${script}`,
      resolveDir: path.resolve(__dirname, "../../../../local/console/pages"),
    },
    ...{ bundle: true, format: "iife", globalName: "page", write: false, logLevel: "silent" },
  });
  const browser = createContext({
    document: {},
    URLSearchParams,
    requestAnimationFrame: (frame: () => void) => frame(),
  });
  return runInContext(`${outputFiles[0]?.text}; page.seen`, browser);
}

describe("useRequests", () => {
  it("draws a request that comes after the drawing and before the next paint", async () => {
    const drawn = await inBrowserWithoutPaint(`
      options.requestAnimationFrame = () => {};
      options.debounceRendering = (draw) => draw();
      export const seen = [];
      const List = () => {
        seen.push(useRequests().map(({ id }) => id).join());
        return null;
      };
      render(h(List), { childNodes: [], firstChild: null });
      requests.add(${JSON.stringify(sampleRequest(1))});
    `);

    expect(drawn).toEqual(["", "request-1"]);
  });
});
