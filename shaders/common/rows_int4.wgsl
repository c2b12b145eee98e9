// Cache rows of 4-bit codes, eight to a word, the first four in the low halves of its bytes. The header of a row is its
// range: the extent from the least value to the largest, and the least, two bfloat16. A value is least + extent · code /
// 15.
//
// The codes are of the row times a Hadamard matrix, in blocks of up to 32 values. This spreads an outlier over the whole
// block. Without it, the outlier alone would set the range and leave one or two steps to the other values.
import package::common::head::ROW;

alias Eight = u32;

const HEADER = 1u; // eights of header before a row's values
const BLOCK = min(4u, ROW & (~ROW + 1u)); // eights mixed with each other: the largest power of two, up to 4, that divides a row

alias Block = array<vec4f, 2u * BLOCK>;

struct Range {
  least: f32,
  extent: f32,
}

const UPPER = 0xffff0000u; // the bits of a bfloat16 in an f32

fn range_of(header: Eight) -> Range {
  return Range(bitcast<f32>(header << 16u), bitcast<f32>(header & UPPER));
}

fn header_of(range: Range) -> Eight {
  return (bitcast<u32>(range.extent) & UPPER) | (bitcast<u32>(range.least) >> 16u);
}

/// The narrowest range that a header can hold and that contains all values. The least value is rounded down, then the
/// extent up, so that no code is missing at either end.
fn range_around(least: f32, most: f32) -> Range {
  let bits = bitcast<u32>(least);
  let lower = bitcast<f32>(select(bits, bits + 0xffffu, least < 0.0) & UPPER);
  return Range(lower, bitcast<f32>((bitcast<u32>(most - lower) + 0xffffu) & UPPER));
}

const NIBBLES = 0x0f0f0f0fu;

fn low_of(eight: Eight, range: Range) -> vec4f {
  return range.least + (17.0 * range.extent) * unpack4x8unorm(eight & NIBBLES);
}

fn high_of(eight: Eight, range: Range) -> vec4f {
  return low_of(eight >> 4u, range);
}

fn eight_of(a: vec4f, b: vec4f, range: Range) -> Eight {
  let part = (1.0 / 17.0) / max(range.extent, 1e-30);
  return pack4x8unorm(part * (a - range.least)) | (pack4x8unorm(part * (b - range.least)) << 4u);
}

/// A block times a normalised Hadamard matrix, which is its own inverse. Computed by the fast Walsh-Hadamard transform:
/// sums and differences of neighbours, then of values two apart, and so on.
fn mixed(quads: Block) -> Block {
  var m = quads;
  for (var i = 0u; i < 2u * BLOCK; i++) {
    let pairs = vec4f(m[i].x + m[i].y, m[i].x - m[i].y, m[i].z + m[i].w, m[i].z - m[i].w);
    m[i] = inverseSqrt(8.0 * f32(BLOCK)) * vec4f(pairs.xy + pairs.zw, pairs.xy - pairs.zw);
  }
  for (var apart = 1u; apart < 2u * BLOCK; apart *= 2u) {
    for (var i = 0u; i < BLOCK; i++) {
      let first = 2u * i - i % apart;
      let sum = m[first] + m[first + apart];
      m[first + apart] = m[first] - m[first + apart];
      m[first] = sum;
    }
  }
  return m;
}
