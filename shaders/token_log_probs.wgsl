// How likely the token that was chosen was, and which tokens were the likeliest there: natural logarithms of probabilities, over
// all tokens that may come. A token that was taken out of the choice is none of them. One workgroup reads one row of logits,
// once for each of the likeliest, since there are few.
import package::common::best_over_lanes::{LANES, best_over_lanes};
import package::common::no_token::{NO_TOKEN, MOST};
import package::common::over_lanes::{max_over_lanes, sum_over_lanes};

struct Params {
  vocabulary: u32,
  likeliest: u32, // how many are wanted
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;         // (token)
@group(0) @binding(2) var<storage, read> ids: array<u32>;            // (row): that of row 0 was chosen
@group(0) @binding(3) var<storage, read_write> found: array<vec2u>;  // (place) of [id; bits of its log-probability]: chosen, likeliest …

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32) {
  var top = -MOST;
  for (var token = lane; token < params.vocabulary; token += LANES) { top = max(top, logits[token]); }
  top = max_over_lanes(lane, top);
  var sum = 0.0;
  for (var token = lane; token < params.vocabulary; token += LANES) { sum += exp(logits[token] - top); }
  let whole = top + log(sum_over_lanes(lane, sum));
  if lane == 0u {
    let chosen = ids[0];
    let logit = logits[min(chosen, params.vocabulary - 1u)];
    found[0] = vec2u(chosen, bitcast<u32>(logit - whole));
  }

  // each is the best of those behind the one before it
  var logit_before = MOST;
  var id_before = 0u;
  for (var place = 0u; place < params.likeliest; place++) {
    var best = -MOST;
    var id = NO_TOKEN;
    for (var token = lane; token < params.vocabulary; token += LANES) {
      let logit = logits[token];
      let is_behind = logit < logit_before || (logit == logit_before && token > id_before);
      if is_behind && logit > best {
        best = logit;
        id = token;
      }
    }
    let next = best_over_lanes(lane, best, id);
    if lane == 0u { found[1u + place] = vec2u(next.id, bitcast<u32>(next.logit - whole)); }
    logit_before = next.logit;
    id_before = next.id;
  }
}
