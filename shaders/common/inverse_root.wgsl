// 1 ÷ √x of a mean square. Where squares overflow it is NaN, not the zero that would turn the row into zeros unseen. An
// infinity that is computed is told by its size: a compiler may assume that no sum is infinite.

fn inverse_root(x: f32) -> f32 {
  return select(inverseSqrt(x), bitcast<f32>(bitcast<u32>(x) | 0x7fc00000u), x > 1e38);
}
