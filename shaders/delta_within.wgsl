// The first half of a gated delta net on a block: what the tokens of a chunk change in one another, for every value head by
// itself (WY form). G is the sum of g from the chunk's first token. Each token's news depend on those before it: (I + L)
// news = β (v − e^G Sᵀk), where L_ij = β_i e^(G_i − G_j) k_i · k_j for j < i. So `solved` = (I + L)⁻¹ diag(β) gives the
// news of all at once. `asked` has e^(G_i − G_j) q_i · k_j for j ≤ i, by which a token reads the news.
import package::common::delta_net::{
  KEYS, KEY_SIZE, VALUE_HEADS, key_head, beta_at, decay_at, sigmoid, log_decay
};
import package::common::delta_decay::{CHUNK, faded, fade};

struct Params {
  rows: u32,
  mixed_width: u32, // values in a padded row of [q; k; v; output gate; β; decay]
  convolved_quads: u32, // vec4s in a padded row of [q; k; v]
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> mixed: array<f32>;        // (row, [q; k; v; output gate; β; decay])
@group(0) @binding(2) var<storage, read> convolved: array<vec4f>;  // (row, [q; k; v]), q and k normed
@group(0) @binding(3) var<storage, read> decays: array<f32>;       // ([rates; offsets], value head)
@group(0) @binding(4) var<storage, read_write> within: array<f32>; // (chunk, value head, [solved; asked], token, token)

const LANES = 64u; // each computes four tokens by four
const SIDE = 4u;
var<workgroup> lower: array<f32, CHUNK * CHUNK>;  // (token, earlier token): L
var<workgroup> solved: array<f32, CHUNK * CHUNK>; // (token, earlier token)

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let head = group.x;
  let first_row = CHUNK * group.y;
  let count = min(CHUNK, params.rows - first_row);
  var mine = 0.0;
  if lane < count {
    let x = mixed[(first_row + lane) * params.mixed_width + decay_at(head)] + decays[VALUE_HEADS + head];
    mine = log_decay(x, decays[head]);
  }
  fade(lane, mine);

  let of_head = key_head(head) * (KEY_SIZE / 4u);
  let token = SIDE * (lane / (CHUNK / SIDE));
  let other = SIDE * (lane % (CHUNK / SIDE));
  var starts: array<u32, SIDE>; // behind the last token stands the last again, without effect
  var others: array<u32, SIDE>;
  for (var i = 0u; i < SIDE; i++) {
    starts[i] = (first_row + min(token + i, count - 1u)) * params.convolved_quads + of_head;
    others[i] = (first_row + min(other + i, count - 1u)) * params.convolved_quads + of_head + KEYS / 4u;
  }
  var alike: mat4x4f; // [token][other]: k · k
  var asking: mat4x4f; // q · k
  if other < token + SIDE { // else all are later
    for (var quad = 0u; quad < KEY_SIZE / 4u; quad++) {
      let keys = array(convolved[others[0] + quad], convolved[others[1] + quad],
                       convolved[others[2] + quad], convolved[others[3] + quad]);
      for (var i = 0u; i < SIDE; i++) {
        let key = convolved[starts[i] + KEYS / 4u + quad];
        let query = convolved[starts[i] + quad];
        alike[i] += vec4f(dot(key, keys[0]), dot(key, keys[1]), dot(key, keys[2]), dot(key, keys[3]));
        asking[i] += vec4f(dot(query, keys[0]), dot(query, keys[1]), dot(query, keys[2]), dot(query, keys[3]));
      }
    }
  }
  let chunk = (group.y * VALUE_HEADS + head) * 2u * CHUNK * CHUNK;
  for (var i = 0u; i < SIDE; i++) {
    let beta = beta_of(first_row, token + i, count, head);
    for (var j = 0u; j < SIDE; j++) {
      let at = (token + i) * CHUNK + other + j;
      var stays = 0.0;
      if other + j <= token + i { stays = exp(faded[token + i] - faded[other + j]); }
      within[chunk + CHUNK * CHUNK + at] = stays * asking[i][j];
      lower[at] = select(0.0, beta * stays * alike[i][j], other + j < token + i);
    }
  }
  workgroupBarrier();

  // by forward substitution, a column a lane
  if lane >= CHUNK { return; }
  for (var i = 0u; i < CHUNK; i++) {
    var value = 0.0;
    if i == lane { value = beta_of(first_row, i, count, head); }
    for (var j = 0u; j < i; j++) { value -= lower[i * CHUNK + j] * solved[j * CHUNK + lane]; }
    solved[i * CHUNK + lane] = value;
    within[chunk + i * CHUNK + lane] = value;
  }
}

/// Zero behind the last token.
fn beta_of(first_row: u32, token: u32, count: u32, head: u32) -> f32 {
  if token >= count { return 0.0; }
  return sigmoid(mixed[(first_row + token) * params.mixed_width + beta_at(head)]);
}
