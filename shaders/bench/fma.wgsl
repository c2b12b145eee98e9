// Fused multiply-adds at the device's peak rate: four independent chains of four values per lane, eight steps per round.
// Factor and summand come from a uniform and every lane writes its result, so that no compiler can fold the loop.

struct Params {
  rounds: u32,
  factor: f32,
  summand: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>; // (lane)

const LANES = 256u;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let m = vec4f(params.factor);
  let s = vec4f(params.summand);
  var a = vec4f(0.0, 1.0, 2.0, 3.0) + f32(id.x % 64u);
  var b = a + 4.0;
  var c = a + 8.0;
  var d = a + 12.0;
  for (var round = 0u; round < params.rounds; round++) {
    a = a * m + s; b = b * m + s; c = c * m + s; d = d * m + s;
    a = a * m + s; b = b * m + s; c = c * m + s; d = d * m + s;
    a = a * m + s; b = b * m + s; c = c * m + s; d = d * m + s;
    a = a * m + s; b = b * m + s; c = c * m + s; d = d * m + s;
    a = a * m + s; b = b * m + s; c = c * m + s; d = d * m + s;
    a = a * m + s; b = b * m + s; c = c * m + s; d = d * m + s;
    a = a * m + s; b = b * m + s; c = c * m + s; d = d * m + s;
    a = a * m + s; b = b * m + s; c = c * m + s; d = d * m + s;
  }
  let all = a + b + c + d;
  sums[id.x] = all.x + all.y + all.z + all.w;
}
