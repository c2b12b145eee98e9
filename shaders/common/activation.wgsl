// The feed-forward layer's activation.
// silu(x) = x · σ(x); gelu in its tanh form is x · σ(2 √(2/π) · (x + 0.044715 x³)).

override GELU: u32; // 0: silu, 1: gelu

fn activated(x: f32) -> f32 {
  let bent = select(x, 1.5957691216 * (x + 0.044715 * x * x * x), GELU == 1u);
  return x / (1.0 + exp(-bent));
}
