import type { TextStream } from "../../../local/command/terminal";

/** A stream in a test's hands: what was written stays readable. */
export class CapturedText implements TextStream {
  text = "";

  constructor(readonly isTTY: boolean = false) {}

  write(text: string): boolean {
    this.text += text;
    return true;
  }

  get lines(): string[] {
    return this.text.split("\n").slice(0, -1);
  }
}
