// Cache rows of 8-bit codes. The header of a row is its range: the least value and the extent up to the largest. A value
// is least + extent · code / 255.

alias Eight = vec2u;

const HEADER = 1u; // eights of header before a row's values
const BLOCK = 1u;  // eights that are mixed with each other before storage

alias Block = array<vec4f, 2u * BLOCK>;

struct Range {
  least: f32,
  extent: f32,
}

fn range_of(header: Eight) -> Range {
  return Range(bitcast<f32>(header.x), bitcast<f32>(header.y));
}

fn header_of(range: Range) -> Eight {
  return vec2u(bitcast<u32>(range.least), bitcast<u32>(range.extent));
}

/// The narrowest range that a header can hold and that contains all values.
fn range_around(least: f32, most: f32) -> Range {
  return Range(least, most - least);
}

fn low_of(eight: Eight, range: Range) -> vec4f {
  return range.least + range.extent * unpack4x8unorm(eight.x);
}

fn high_of(eight: Eight, range: Range) -> vec4f {
  return range.least + range.extent * unpack4x8unorm(eight.y);
}

fn eight_of(a: vec4f, b: vec4f, range: Range) -> Eight {
  let part = 1.0 / max(range.extent, 1e-30);
  return vec2u(pack4x8unorm(part * (a - range.least)), pack4x8unorm(part * (b - range.least)));
}

/// The identity: 8 bits need no mixing.
fn mixed(quads: Block) -> Block {
  return quads;
}
