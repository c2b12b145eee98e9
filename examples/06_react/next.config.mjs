// A static page: the folder out/ is served as it is.
export default { output: 'export' }
