// A shader imported as text; the words after `?` are the WESL conditions it is linked under.
declare module '*.wgsl' {
  const source: string
  export default source
}
declare module '*.wgsl?F16' {
  const source: string
  export default source
}
declare module '*.wgsl?INT8' {
  const source: string
  export default source
}
declare module '*.wgsl?INT4' {
  const source: string
  export default source
}
declare module '*.wgsl?F32' {
  const source: string
  export default source
}
declare module '*.wgsl?Q8' {
  const source: string
  export default source
}
declare module '*.wgsl?Q4' {
  const source: string
  export default source
}
declare module '*.wgsl?Q5' {
  const source: string
  export default source
}
declare module '*.wgsl?Q4_K' {
  const source: string
  export default source
}
declare module '*.wgsl?Q5_K' {
  const source: string
  export default source
}
declare module '*.wgsl?Q6_K' {
  const source: string
  export default source
}
declare module '*.wgsl?INT8&TO_F16' {
  const source: string
  export default source
}
declare module '*.wgsl?INT8&TO_F32' {
  const source: string
  export default source
}
declare module '*.wgsl?INT4&TO_F16' {
  const source: string
  export default source
}
declare module '*.wgsl?INT4&TO_F32' {
  const source: string
  export default source
}
declare module '*.wgsl?F16&HALF' {
  const source: string
  export default source
}
declare module '*.wgsl?F16&WRITES' {
  const source: string
  export default source
}
declare module '*.wgsl?F32&WRITES' {
  const source: string
  export default source
}
declare module '*.wgsl?INT8&WRITES' {
  const source: string
  export default source
}
declare module '*.wgsl?INT4&WRITES' {
  const source: string
  export default source
}
