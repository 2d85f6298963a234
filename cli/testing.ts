import { startTestApi, type TestApi, type TestHooks, type TestOptions, useTestApi } from "../local/testing";
import { PROJECT } from "./common/project";
import { keepPermissions } from "./serving/permissions-file";
import { makeSynthesisFolder, synthesize } from "./serving/synthesize";

export interface StacksOptions extends TestOptions {
  /** Settings of the stacks, as in the README: `{ CORS_ORIGIN: "https://app.example.com" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The hooks of a test runner that does not have them as globals. */
  readonly hooks?: TestHooks;
}

/**
 * Serves the stacks, as they are now, to the tests of a file or block:
 *
 *     const api = useStacks();
 *     test("greets", async () => {
 *       const answer = await api.fetch("/lambda1", { as: "MyUserPool1", json: { name: "Ada" } });
 *       expect(answer.status).toBe(200);
 *     });
 *
 * Afterwards `npm run permissions` says what their functions were seen to need.
 */
export function useStacks({ settings, hooks, ...options }: StacksOptions = {}): TestApi {
  return useTestApi(async () => {
    const { folder, remove } = makeSynthesisFolder(`${PROJECT}/.local`);
    try {
      await synthesize(folder, settings);
      const api = await startTestApi({ folder, ...options });
      const close = async () => {
        keepPermissions(PROJECT, api.runtime);
        await api.close();
        remove();
      };
      return { ...api, close };
    } catch (error) {
      remove();
      throw error;
    }
  }, hooks);
}
