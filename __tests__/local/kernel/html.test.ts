import { html } from "../../../local/kernel/html";

describe("a template", () => {
  test("escapes what it is filled with, in text and in quoted attributes", () => {
    const evil = `<b a='1' b="2">&amp;`;

    expect(`${html`<p title="${evil}">${evil}</p>`}`).toBe(
      '<p title="&lt;b a=&#39;1&#39; b=&quot;2&quot;&gt;&amp;amp;">&lt;b a=&#39;1&#39; b=&quot;2&quot;&gt;&amp;amp;</p>',
    );
  });

  test("takes the markup of another template as it is, also in lists", () => {
    const items = ["a", "<"].map((text) => html`<li>${text}</li>`);

    expect(`${html`<ul>${items}</ul>`}`).toBe("<ul><li>a</li><li>&lt;</li></ul>");
  });

  test("leaves out what is not there", () => {
    expect(`${html`[${undefined}${false}${0}${""}]`}`).toBe("[0]");
  });
});
