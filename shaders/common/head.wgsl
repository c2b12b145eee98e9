// The size of a head, in the units in which cache rows are read.

override HEAD_SIZE: u32;

const ROW = (HEAD_SIZE + 7u) / 8u; // eights in a row; the last may be padded with zeros
const QUADS = 2u * ROW;
