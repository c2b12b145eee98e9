// What tells the host that logits name no next token. NaN is told by its bits: a compiler may assume that there is none,
// and then `x != x` is never true.

const NO_TOKEN = 0xffffffffu; // an id that no vocabulary has
const MOST = 3.4e38; // beyond any logit; nearly the largest number

/// NaN and +∞, which leave no token a probability, as MOST. −∞ stays: it is a probability of zero.
fn ranked(logit: f32) -> f32 {
  let bits = bitcast<u32>(logit);
  let is_number = (bits & 0x7f800000u) != 0x7f800000u;
  return select(MOST, logit, is_number || bits == 0xff800000u);
}
