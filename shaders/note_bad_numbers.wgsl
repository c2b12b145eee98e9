// Notes in a word whether rows hold an infinity (bit 0) or NaN (bit 1). Both are told by their bits: a compiler may assume
// that there are none, and then `x != x` is never true.

struct Params {
  first: u32,     // value in `values` at which the first row begins
  width: u32,     // values in a row
  row_width: u32, // values in a padded row
  word: u32,      // of `noted`
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> values: array<f32>;                // (row, width)
@group(0) @binding(2) var<storage, read_write> noted: array<atomic<u32>>;   // (word)

const LANES = 64u;
const PER_LANE = 8u; // values
const INFINITE = 0x7f800000u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let start = params.first + group.y * params.row_width;
  var found = 0u;
  for (var i = 0u; i < PER_LANE; i++) {
    let column = LANES * (PER_LANE * group.x + i) + lane;
    let magnitude = bitcast<u32>(values[start + min(column, params.width - 1u)]) & 0x7fffffffu;
    if magnitude == INFINITE { found |= 1u; }
    if magnitude > INFINITE { found |= 2u; }
  }
  if found != 0u { atomicOr(&noted[params.word], found); }
}
