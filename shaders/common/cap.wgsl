// Soft-capping (Gemma 2): a value beyond ± cap approaches it. 0 stands for no cap.

fn capped(x: f32, cap: f32) -> f32 {
  if cap == 0.0 { return x; }
  return cap * tanh(x / cap);
}
