// Scales of GGUF's Q4_K and Q5_K. Eight blocks of 32 share an f16 scale and an f16 minimum, and each has a scale and a minimum
// of 6 bits beside them. The twelve bytes of these lie as in the file (ggml-quants.c, `get_scale_min_k4`).

/// Scale and least value of a block: of its 256 weights' four words, the `index`-th of eight.
fn sub_range(words: vec4u, index: u32) -> vec2f {
  let shift = 8u * (index % 4u);
  let first = (words.yz >> vec2u(shift)) & vec2u(255u); // bytes of scale and of minimum
  let last = vec2u(words.w >> shift, words.w >> (shift + 4u)) & vec2u(15u);
  let six = select(first & vec2u(63u), last | ((first >> vec2u(6u)) << vec2u(4u)), index >= 4u);
  return vec2f(1.0, -1.0) * unpack2x16float(words.x) * vec2f(six);
}
