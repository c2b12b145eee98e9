// Four values in workgroup memory as halves. Arithmetic is f32 still. Keys that are turned to halves and values of a
// cache in f16 lose nothing.
import package::common::f16::{Eight, pack};
import package::common::rows::{value_eight, values, STRIDE}; // and binding 3, `values`

alias Cell = vec2u;

struct Cells {
  low: Cell,
  high: Cell,
}

/// Values within the range of halves.
fn cell(four: vec4f) -> Cell {
  return vec2u(pack2x16float(four.xy), pack2x16float(four.zw));
}

fn opened(c: Cell) -> vec4f {
  return vec4f(unpack2x16float(c.x), unpack2x16float(c.y));
}

/// Eight dimensions of a turned key.
fn key_cells(turned: Eight) -> Cells {
  return Cells(turned.xy, turned.zw);
}

/// Eight dimensions of a value, mixed as stored.
@if(F16) fn value_cells(row: u32, e: u32) -> Cells {
  return key_cells(values[row * STRIDE + e]);
}
@if(!F16) fn value_cells(row: u32, e: u32) -> Cells {
  let eight = value_eight(row, e);
  return key_cells(pack(eight.low, eight.high));
}
