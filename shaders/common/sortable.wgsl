// Floats as unsigned integers in the same order: NaN lowest, −0 equal to +0.

fn sortable(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  let magnitude = bits & 0x7fffffffu;
  if magnitude > 0x7f800000u { return 0u; }
  if magnitude == 0u { return 0x80000000u; }
  return select(bits | 0x80000000u, ~bits, bits >> 31u == 1u);
}
