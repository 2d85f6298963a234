import { hrefOf, PAGES, placeOf } from "../../../../local/console/pages/kit/router";

const at = (href: string) => placeOf(new URL(href, "http://127.0.0.1:3001"));

describe("an address of the console", () => {
  it("leads back to the page, the part and the filter that it was made of", () => {
    const place = at(hrefOf("requests", ["a/b c?"], { q: "4xx & more", layer: undefined, outcome: "" }));

    expect(place).toMatchObject({ page: "requests", parts: ["a/b c?"] });
    expect([...place.query]).toEqual([["q", "4xx & more"]]);
  });

  it("is there for every page, and the first page is at the root", () => {
    expect(PAGES.map(({ id }) => at(hrefOf(id)).page)).toEqual(PAGES.map(({ id }) => id));
    expect(at("/").page).toBe("map");
  });

  it("is of no page where nobody made it, and does no harm", () => {
    expect(at("/nothing/here").page).toBeUndefined();
    expect(at("/requests/%E0%A4%A").parts).toEqual(["%E0%A4%A"]);
  });
});
