// Codes of 4 bits. A word holds eight: the first four in the low halves of its bytes.

/// Four codes of four words: two quads to a word.
fn four_bits(words: vec4u, quad: u32) -> vec4u {
  let word = words[quad / 2u] >> (4u * (quad % 2u));
  return vec4u(word, word >> 8u, word >> 16u, word >> 24u) & vec4u(15u);
}

/// The quad-th four bits of a word, as 0 or 16.
fn fifth_bits(word: u32, quad: u32) -> vec4u {
  return ((vec4u(word >> (4u * quad)) >> vec4u(0u, 1u, 2u, 3u)) & vec4u(1u)) << vec4u(4u);
}
