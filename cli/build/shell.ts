// Builds dist/cli/longtab.mjs, the package's `bin`, and the parts that it imports: the commands and what they are made of, for
// plain Node.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build, type Plugin } from 'vite'
import { root } from './paths.ts'

export async function buildShell(outDir: string): Promise<void> {
  await build({
    root,
    logLevel: 'warn',
    publicDir: false,
    plugins: [packed()],
    ssr: { noExternal: true, external: ['playwright', 'webgpu'] },
    build: {
      ssr: 'cli/longtab.ts',
      outDir: join(outDir, 'cli'),
      target: 'node20.19',
      minify: false,
      license: { fileName: 'licenses.md' },
      rolldownOptions: {
        output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  })
}

/** What is otherwise in the package than in a checkout: NAME.packed.ts stands in for NAME.ts. */
function packed(): Plugin {
  return {
    name: 'packed',
    enforce: 'pre',
    resolveId(id, importer) {
      if (importer === undefined || !id.startsWith('.') || importer.endsWith('.packed.ts'))
        return null
      const file = join(dirname(importer), id).replace(/\.ts$/, '.packed.ts')
      return file.endsWith('.packed.ts') && existsSync(file) ? file : null
    },
  }
}
