import fc from "fast-check";

/**
 * Every code point but the surrogates, which `unit: "binary"` of `fc.string` draws from as well: that one first maps each of the
 * million characters back to its number, for a second, in each suite.
 */
export const anyCharacter: fc.Arbitrary<string> = fc
  .oneof(fc.integer({ max: 0xd7ff, min: 0 }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((codePoint) => String.fromCodePoint(codePoint));
