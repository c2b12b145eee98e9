// Reads a buffer once at full bandwidth: every workgroup streams a span of its own, with four loads in flight per lane.
// The XOR of all values is written, so that no load can be optimised away and a test can check that all were made.

struct Params {
  rounds: u32, // of 4 · LANES vec4s per workgroup
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> data: array<vec4u>;      // (workgroup, round, 4, lane)
@group(0) @binding(2) var<storage, read_write> sums: array<u32>;  // (workgroup)

const LANES = 256u;
var<workgroup> joined: array<vec4u, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = group.x * params.rounds * 4u * LANES + lane;
  var a = vec4u();
  var b = vec4u();
  var c = vec4u();
  var d = vec4u();
  for (var round = 0u; round < params.rounds; round++) {
    let at = first + round * 4u * LANES;
    a ^= data[at];
    b ^= data[at + LANES];
    c ^= data[at + 2u * LANES];
    d ^= data[at + 3u * LANES];
  }
  joined[lane] = a ^ b ^ c ^ d;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if lane < half { joined[lane] ^= joined[lane + half]; }
  }
  workgroupBarrier();
  let all = joined[0];
  if lane == 0u { sums[group.x] = all.x ^ all.y ^ all.z ^ all.w; }
}
