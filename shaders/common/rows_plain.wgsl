// Cache rows stored as f16 or f32.
@if(F16) import package::common::f16::{Eight, low, high, pack};
@if(F32) import package::common::f32::{Eight, low, high, pack};

const HEADER = 0u; // eights of header before a row's values
const BLOCK = 1u;  // eights that are mixed with each other before storage

alias Block = array<vec4f, 2u * BLOCK>;

/// The range of a row's codes. Plain values need none.
struct Range {
  least: f32,
  extent: f32,
}

fn range_of(header: Eight) -> Range {
  return Range(0.0, 1.0);
}

fn header_of(range: Range) -> Eight {
  return pack(vec4f(), vec4f());
}

/// The narrowest range that a header can hold and that contains all values.
fn range_around(least: f32, most: f32) -> Range {
  return Range(0.0, 1.0);
}

fn low_of(eight: Eight, range: Range) -> vec4f {
  return low(eight);
}

fn high_of(eight: Eight, range: Range) -> vec4f {
  return high(eight);
}

fn eight_of(a: vec4f, b: vec4f, range: Range) -> Eight {
  return pack(a, b);
}

/// The identity: plain values need no mixing.
fn mixed(quads: Block) -> Block {
  return quads;
}
