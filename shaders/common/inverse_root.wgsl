// 1 ÷ √x of a mean square. Where squares overflow it is NaN, not the zero that would turn the row into zeros unseen.

fn inverse_root(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let is_bad = (bits & 0x7f800000u) == 0x7f800000u;
  return select(inverseSqrt(x), bitcast<f32>(bits | 0x00400000u), is_bad);
}
