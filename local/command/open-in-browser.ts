import { spawn } from "node:child_process";

/** The command that opens an address, by Node.js's name of the system. */
const OPENERS: Readonly<Record<string, readonly [command: string, ...words: string[]]>> = {
  darwin: ["open"],
  // `start` would take an ampersand in an address for the end of its own command.
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/**
 * Opens an address in the user's browser.
 *
 * @returns whether there is a program that does so; a machine without a desktop has none
 */
export function openInBrowser(url: string): Promise<boolean> {
  const [command, ...words] = OPENERS[process.platform] ?? ["xdg-open"];
  return new Promise((resolve) => {
    const opener = spawn(command, [...words, url], { stdio: "ignore", detached: true });
    opener.once("error", () => resolve(false));
    opener.once("spawn", () => {
      opener.unref();
      resolve(true);
    });
  });
}
