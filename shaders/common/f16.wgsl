// Eight consecutive values of a weight or cache row, stored as halves: 16 bytes. Arithmetic is f32 throughout.

alias Eight = vec4u;

fn low(e: Eight) -> vec4f {
  return vec4f(unpack2x16float(e.x), unpack2x16float(e.y));
}

fn high(e: Eight) -> vec4f {
  return vec4f(unpack2x16float(e.z), unpack2x16float(e.w));
}

fn pack(a: vec4f, b: vec4f) -> Eight {
  return vec4u(pack2x16float(a.xy), pack2x16float(a.zw), pack2x16float(b.xy), pack2x16float(b.zw));
}
