import type { CommandContext } from "../../local/command/command";
import { painter } from "../../local/command/terminal";
import { estimate } from "../costs/estimate";
import { PRICES_OF } from "../costs/prices";
import { synthesizeForServing } from "../serving/synthesize";

interface CostWords {
  readonly requests: number;
  readonly json: boolean;
}

/** Says what the stacks, with the settings in force, cost a month. */
export async function cost({ requests, json }: CostWords, context: CommandContext): Promise<number> {
  const { stdout } = context;
  const paint = painter(stdout);
  const { deployment, remove } = await synthesizeForServing(context);
  remove();
  const lines = estimate(deployment, { requests });
  const total = (some: typeof lines) => some.reduce((sum, line) => sum + line.cost, 0);
  const atRest = total(lines.filter((line) => line.atRest));
  if (json) {
    const report = { requests, atRest, total: total(lines), lines, prices: PRICES_OF };
    stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return 0;
  }
  const row = (what: string, quantity: string, usd: number, source = "") =>
    `  ${what.padEnd(30)}${quantity.padStart(16)}${usd.toFixed(2).padStart(10)}${source && paint("dim", `   ${source}`)}`;
  stdout.write(
    [
      paint("bold", `${"  USD a month".padEnd(32)}${"quantity".padStart(16)}${"cost".padStart(10)}`),
      ...lines.map(({ what, quantity, cost: usd, source }) => row(what, quantity, usd, source)),
      "",
      paint("bold", row("at rest, without a request", "", atRest)),
      ...(requests > 0
        ? [paint("bold", row(`with ${requests.toLocaleString("en-US")} requests`, "", total(lines)))]
        : []),
      "",
      paint(
        "dim",
        `  Prices of ${PRICES_OF.region}, ${PRICES_OF.date}; what is free for every account is taken off. Taxes and data transfer are\n  not included.`,
      ),
      "",
    ].join("\n"),
  );
  return 0;
}
