// Builds page, module and command line into dist/. Each is built in a scratch folder and then swapped in, so that a running
// server serves either the old build or the new one.
import { cp, mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'
import { build, type Plugin } from 'vite'
import { addCharacterMapsLicence } from './licences.ts'
import { dist, products, root, type ProductName } from './paths.ts'
import { buildServiceWorker } from './service_worker.ts'
import { buildShell } from './shell.ts'

/** Builds one product into dist/ and prints its name on stderr. */
export async function bundle(name: ProductName): Promise<void> {
  const { stamp } = products[name]
  console.error(`building dist/${stamp} …`)
  const began = new Date()
  await mkdir(dist, { recursive: true })
  await removeAbandoned()
  const scratch = await mkdtemp(join(dist, '.building-'))
  try {
    const built = join(scratch, 'new')
    await builders[name](built)
    await utimes(join(built, stamp), began, began)
    for (const entry of await readdir(built)) {
      await rm(join(dist, entry), { recursive: true, force: true })
      await rename(join(built, entry), join(dist, entry))
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Deletes scratch folders of killed builds. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(dist)) {
    if (!name.startsWith('.building-')) continue
    const folder = join(dist, name)
    const found = await stat(folder).catch(() => undefined)
    const tenMinutes = 10 * 60_000
    if (found !== undefined && Date.now() - found.mtimeMs > tenMinutes) {
      await rm(folder, { recursive: true, force: true })
    }
  }
}

const builders: Readonly<Record<ProductName, (outDir: string) => Promise<void>>> = {
  page: buildPage,
  library: buildLibrary,
  shell: buildShell,
}

/** index.html, its assets, the contents of public/, and the service worker that knows them all. */
async function buildPage(outDir: string): Promise<void> {
  await build({ root, logLevel: 'warn', plugins: [leftToWorkers()], build: { outDir } })
  await addCharacterMapsLicence(outDir)
  await buildServiceWorker(outDir)
}

/** What src/index.ts runs in the calling thread: in Node, and with the option `gpu`; and workers for other bundlers. */
const inThisThread = [
  'documents/open_document.ts',
  'reading/session.ts',
  'training/session.ts',
  'worker/thread_script.ts',
].map((path) => join(root, 'src', path))

/**
 * The page leaves all of that to its workers, and would hold engine and parsers a second time. Their chunks are taken out once
 * they are written, so that the packages in them are among the licences.
 */
function leftToWorkers(): Plugin {
  return {
    name: 'left-to-workers',
    async writeBundle({ dir }, bundle) {
      const reached = new Set<string>()
      const reach = (name: string): void => {
        const chunk = bundle[name]
        if (chunk?.type !== 'chunk' || reached.has(name)) return
        if (inThisThread.includes(chunk.facadeModuleId ?? '')) return
        reached.add(name)
        for (const next of [...chunk.imports, ...chunk.dynamicImports]) reach(next)
      }
      const chunks = Object.values(bundle).filter(({ type }) => type === 'chunk')
      for (const chunk of chunks) if (chunk.type === 'chunk' && chunk.isEntry) reach(chunk.fileName)
      const left = chunks.filter(({ fileName }) => !reached.has(fileName))
      await Promise.all(left.map(({ fileName }) => rm(join(dir ?? '', fileName))))
    },
  }
}

/**
 * module/: longtab.js, its workers, types, licences of bundled packages, and the benches; heads/: the retaining heads that
 * come with it.
 */
async function buildLibrary(outDir: string): Promise<void> {
  await build({
    root,
    logLevel: 'warn',
    publicDir: false,
    plugins: [workerBesideModule()],
    worker: { rolldownOptions: { output: { entryFileNames: '[name].js' } } },
    build: {
      outDir: join(outDir, 'module'),
      lib: { entry: 'src/index.ts', formats: ['es'], fileName: () => 'longtab.js' },
      minify: false,
    },
  })
  for (const [name, entry] of Object.entries({ ...tools, ...shapes })) {
    await build({
      root,
      logLevel: 'warn',
      publicDir: false,
      plugins: name in shapes ? [doorsBeside()] : [],
      build: {
        outDir: join(outDir, 'module'),
        emptyOutDir: false,
        license: false,
        lib: { entry: join('src', entry), formats: ['es'], fileName: () => `${name}.js` },
        minify: false,
      },
    })
  }
  await addCharacterMapsLicence(join(outDir, 'module'))
  await cp(join(root, 'public/heads'), join(outDir, 'heads'), { recursive: true })
  for (const [name, entry] of Object.entries({ longtab: 'index.ts', ...shapes }))
    await writeTypes(entry, join(outDir, `module/${name}.d.ts`))
}

/** What commands run beside longtab.js, by the names of the files. */
const tools = { bench: 'bench/bench.ts', examiner: 'quality/examiner.ts' }

/** The shapes that others know, which lie beside longtab.js as well. */
const shapes = {
  openai: 'openai/index.ts',
  'prompt-api': 'prompt_api/index.ts',
  'ai-sdk': 'ai_sdk/index.ts',
}

/** Doors that a module leaves to the file beside it, so that all have one class of errors and one copy of what they share. */
const doors = new Map([
  [join(root, 'src/index.ts'), './longtab.js'],
  [join(root, 'src/openai/index.ts'), './openai.js'],
])

function doorsBeside() {
  return {
    name: 'doors-beside',
    enforce: 'pre' as const, // before Vite finds the file
    resolveId(id: string, importer: string | undefined) {
      const door = importer && doors.get(join(dirname(importer), id))
      return door ? { id: door, external: true } : null
    },
  }
}

/** Names what `Symbol.asyncDispose` is of, for programs whose own types do not have it. */
const disposable = '/// <reference lib="esnext.disposable" />'

/** The types of a module's public names, and what they are made of, in one file. */
async function writeTypes(entry: string, file: string): Promise<void> {
  const types = await rollup({
    input: join(root, 'src', entry),
    plugins: [doorsBeside(), dts({ tsconfig: join(root, 'tsconfig.json') })],
  })
  await types.write({ file, banner: disposable })
}

/** Workers of the module: reading, training and documents. */
const workers = 3

/**
 * Vite writes a worker's address in a form that bundlers take for a plain file to copy. This writes the form that they
 * recognise as a worker. Delete it when Vite's library mode writes that form itself.
 */
function workerBesideModule(): Plugin {
  const written =
    /new URL\(\s*(?:\/\*.*?\*\/\s*)?new URL\("(\w+)\.js", import\.meta\.url\)\.href,\s*"" \+ import\.meta\.url\s*\)/g
  return {
    name: 'worker-beside-module',
    generateBundle: {
      order: 'post',
      handler(_, output) {
        let rewritten = 0
        for (const chunk of Object.values(output)) {
          if (chunk.type !== 'chunk') continue
          chunk.code = chunk.code.replace(written, (_, worker: string) => {
            rewritten++
            return `new URL("./${worker}.js", import.meta.url)`
          })
        }
        if (rewritten < workers)
          this.error('the module no longer addresses its workers as expected')
      },
    },
  }
}
