// Soft-capping (Gemma 2): cap · tanh(x / cap), bounded by ± cap. A cap of 0 stands for none.

fn capped(x: f32, cap: f32) -> f32 {
  if cap == 0.0 { return x; }
  return cap * tanh(x / cap);
}
