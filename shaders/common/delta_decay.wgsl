// How much of the state of a gated delta net fades within a chunk.

const CHUNK = 32u; // tokens whose changes are computed together
var<workgroup> logs: array<f32, CHUNK>;  // (token)
var<workgroup> faded: array<f32, CHUNK>; // (token): the sum of `logs` up to it

/// Fills `faded`. Contains barriers. @param mine log decay of token `lane`, zero behind the last
fn fade(lane: u32, mine: f32) {
  if lane < CHUNK { logs[lane] = mine; }
  workgroupBarrier();
  if lane < CHUNK {
    var sum = 0.0;
    for (var token = 0u; token <= lane; token++) { sum += logs[token]; }
    faded[lane] = sum;
  }
  workgroupBarrier();
}
