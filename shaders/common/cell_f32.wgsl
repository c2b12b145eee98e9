// Four values in workgroup memory as f32. cell_half.wgsl is the same in half the memory.
@if(!F16) import package::common::f32::{Eight, low, high};
@if(F16) import package::common::f16::{Eight, low, high};
import package::common::rows::value_eight; // and binding 3, `values`

alias Cell = vec4f;

struct Cells {
  low: Cell,
  high: Cell,
}

fn cell(four: vec4f) -> Cell {
  return four;
}

fn opened(c: Cell) -> vec4f {
  return c;
}

/// Eight dimensions of a turned key.
fn key_cells(turned: Eight) -> Cells {
  return Cells(low(turned), high(turned));
}

/// Eight dimensions of a value, mixed as stored.
fn value_cells(row: u32, e: u32) -> Cells {
  let eight = value_eight(row, e);
  return Cells(eight.low, eight.high);
}
