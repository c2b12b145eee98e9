// Eight consecutive values of a weight or cache row, stored as halves: 16 bytes. Arithmetic is f32 throughout.

alias Eight = vec4u;

fn low(e: Eight) -> vec4f {
  return vec4f(unpack2x16float(e.x), unpack2x16float(e.y));
}

fn high(e: Eight) -> vec4f {
  return vec4f(unpack2x16float(e.z), unpack2x16float(e.w));
}

fn pack(a: vec4f, b: vec4f) -> Eight {
  return vec4u(halves(a.xy), halves(a.zw), halves(b.xy), halves(b.zw));
}

const MOST = 65504.0; // the largest half

/// The nearest halves. What pack2x16float makes of numbers beyond them is up to the device. NaN and infinities become the
/// half NaN, so that they are found where the row is used.
fn halves(two: vec2f) -> u32 {
  let is_bad = (bitcast<vec2u>(two) & vec2u(0x7f800000u)) == vec2u(0x7f800000u);
  let nan = select(vec2u(), vec2u(0x7e00u, 0x7e000000u), is_bad);
  return pack2x16float(clamp(two, vec2f(-MOST), vec2f(MOST))) | nan.x | nan.y;
}
