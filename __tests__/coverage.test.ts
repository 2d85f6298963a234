import { coveragePage } from "./support/coverage";
import { expectGeneratedSection } from "./support/generated-section";
import { type KitchenSink, startKitchenSink } from "./support/kitchen-sink";

describe("docs/coverage.md", () => {
  let sink: KitchenSink;

  beforeAll(async () => {
    sink = await startKitchenSink();
  });
  afterAll(() => sink.close());

  it("says what is served, from the table of services and the ledger (UPDATE_DOCS=1 npx jest coverage writes it)", () => {
    expectGeneratedSection("docs/coverage.md", "coverage", coveragePage(sink.deployment));
  });
});
