// Eight consecutive values of a weight or cache row, stored as f32: 32 bytes. The counterpart of f16.wgsl.

struct Eight {
  a: vec4f,
  b: vec4f,
}

fn low(e: Eight) -> vec4f {
  return e.a;
}

fn high(e: Eight) -> vec4f {
  return e.b;
}

fn pack(a: vec4f, b: vec4f) -> Eight {
  return Eight(a, b);
}
