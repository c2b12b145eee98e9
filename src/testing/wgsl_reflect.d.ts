// The file that wgsl_reflect 1.6.0 names for Node is CommonJS under `"type": "module"` and does not load there, so tests
// import its ES module by path. Delete this when `import 'wgsl_reflect'` works in Node.
declare module 'wgsl_reflect/wgsl_reflect.module.js' {
  export * from 'wgsl_reflect'
}
