// The second half of a gated delta net on a block: chunk after chunk, the news of its tokens, what they read, and the state
// behind them. A workgroup has SLICE columns of a value head's state, which depend on no others.
import package::common::delta_net::{
  KEYS, KEY_SIZE, VALUE_HEADS, VALUE_SIZE, key_head, decay_at, log_decay, state_before, state_after
};
import package::common::delta_decay::{CHUNK, faded, fade};

struct Params {
  rows: u32,
  first: u32,       // token of row 0, counted from the text's first
  tail_from: u32,   // tokens from this on follow the document
  mixed_width: u32, // values in a padded row of [q; k; v; output gate; β; decay]
  convolved_quads: u32, // vec4s in a padded row of [q; k; v]
  readout_quads: u32,   // vec4s in a padded row of the output
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> mixed: array<f32>;              // (row, [q; k; v; output gate; β; decay])
@group(0) @binding(2) var<storage, read> convolved: array<vec4f>;        // (row, [q; k; v]), q and k normed
@group(0) @binding(3) var<storage, read> decays: array<f32>;             // ([rates; offsets], value head)
@group(0) @binding(4) var<storage, read> within: array<vec4f>;           // see delta_within
@group(0) @binding(5) var<storage, read_write> associations: array<vec4f>; // (document or tail, value head, key dimension, value size/4)
@group(0) @binding(6) var<storage, read_write> readout: array<vec4f>;    // (row, value head · value size/4)

const LANES = 128u;
const SLICE = 4u; // vec4s of columns; a lane has one of one token
var<workgroup> state: array<vec4f, KEY_SIZE * SLICE>; // (key dimension, column/4)
var<workgroup> missing: array<vec4f, CHUNK * SLICE>;  // (token, column/4): v − e^G Sᵀk
var<workgroup> news: array<vec4f, CHUNK * SLICE>;     // (token, column/4)

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let head = group.y;
  let token = lane / SLICE;
  let column = lane % SLICE;
  let own = group.x * SLICE + column; // of the value head's quads
  let of_head = key_head(head) * (KEY_SIZE / 4u);
  let before = state_before(params.first, params.tail_from);
  let after = state_after(params.first, params.tail_from);
  let matrix = head * KEY_SIZE * (VALUE_SIZE / 4u) + own;

  for (var dim = token; dim < KEY_SIZE; dim += LANES / SLICE) {
    var met = vec4f();
    if params.first > 0u { met = associations[before + matrix + dim * (VALUE_SIZE / 4u)]; }
    state[dim * SLICE + column] = met;
  }

  for (var first_row = 0u; first_row < params.rows; first_row += CHUNK) {
    let count = min(CHUNK, params.rows - first_row);
    var mine = 0.0;
    if lane < count {
      let x = mixed[(first_row + lane) * params.mixed_width + decay_at(head)] + decays[VALUE_HEADS + head];
      mine = log_decay(x, decays[head]);
    }
    fade(lane, mine); // and a barrier for the state

    let row = first_row + min(token, count - 1u);
    let start = row * params.convolved_quads + of_head;
    var known = vec4f();
    var found = vec4f();
    for (var quad = 0u; quad < KEY_SIZE / 4u; quad++) {
      let query = convolved[start + quad];
      let key = convolved[start + KEYS / 4u + quad];
      let columns = mat4x4f(state[4u * quad * SLICE + column], state[(4u * quad + 1u) * SLICE + column],
                            state[(4u * quad + 2u) * SLICE + column], state[(4u * quad + 3u) * SLICE + column]);
      found += columns * query;
      known += columns * key;
    }
    let stays = exp(faded[token]);
    let value = convolved[row * params.convolved_quads + KEYS / 2u + head * (VALUE_SIZE / 4u) + own];
    missing[lane] = value - stays * known;
    workgroupBarrier();

    let chunk = ((first_row / CHUNK) * VALUE_HEADS + head) * 2u * CHUNK * (CHUNK / 4u);
    let line = chunk + token * (CHUNK / 4u);
    var written = vec4f();
    for (var quad = 0u; quad <= token / 4u; quad++) {
      written += four_missing(quad, column) * within[line + quad];
    }
    news[lane] = written;
    workgroupBarrier();
    let last = faded[CHUNK - 1u];
    missing[lane] = written * exp(last - faded[token]); // from here on what is left of the news behind the chunk

    found *= stays;
    for (var quad = 0u; quad <= token / 4u; quad++) {
      found += four_news(quad, column) * within[line + CHUNK * (CHUNK / 4u) + quad];
    }
    if token < count {
      readout[row * params.readout_quads + head * (VALUE_SIZE / 4u) + own] = found;
    }
    workgroupBarrier();

    for (var quad = token; quad < KEY_SIZE / 4u; quad += LANES / SLICE) {
      var columns = mat4x4f();
      for (var other = 0u; other < count; other++) {
        let key = convolved[(first_row + other) * params.convolved_quads + of_head + KEYS / 4u + quad];
        let left = missing[other * SLICE + column];
        columns += mat4x4f(key.x * left, key.y * left, key.z * left, key.w * left);
      }
      for (var dim = 0u; dim < 4u; dim++) {
        let at = (4u * quad + dim) * SLICE + column;
        state[at] = exp(last) * state[at] + columns[dim];
      }
    }
  }
  workgroupBarrier();
  for (var dim = token; dim < KEY_SIZE; dim += LANES / SLICE) {
    associations[after + matrix + dim * (VALUE_SIZE / 4u)] = state[dim * SLICE + column];
  }
}

/// Of four tokens, as the columns of a matrix.
fn four_missing(quad: u32, column: u32) -> mat4x4f {
  let at = 4u * quad * SLICE + column;
  return mat4x4f(missing[at], missing[at + SLICE], missing[at + 2u * SLICE], missing[at + 3u * SLICE]);
}

fn four_news(quad: u32, column: u32) -> mat4x4f {
  let at = 4u * quad * SLICE + column;
  return mat4x4f(news[at], news[at + SLICE], news[at + 2u * SLICE], news[at + 3u * SLICE]);
}
