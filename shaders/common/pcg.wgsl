// A counter-based random number: one round of the PCG hash (Jarzynski and Olano, JCGT 2020).

fn pcg(v: u32) -> u32 {
  let state = v * 747796405u + 2891336453u;
  let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  return (word >> 22u) ^ word;
}

/// 24 random bits as a number in [0, 1).
fn unit(bits: u32) -> f32 {
  return f32(bits >> 8u) / 16777216.0;
}
