// Paths of the repository and of the products in dist/.
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')
export const dist = join(root, 'dist')

const shared = [
  'src',
  'shaders',
  'training/templates.json',
  'cli/build/bundle.ts',
  'cli/build/wgsl_loader.ts',
  'package-lock.json',
  'vite.config.ts',
]

/** For each product: the file whose modification time is the start of its build, and its sources (files and folders). */
export const products = {
  page: { stamp: 'index.html', sources: [...shared, 'index.html', 'public'] },
  library: {
    stamp: 'module/longtab.js',
    sources: [...shared, 'tsconfig.json', 'public/heads'],
  },
  shell: { stamp: 'cli/longtab.mjs', sources: [...shared, 'cli'] },
} as const

export type ProductName = keyof typeof products
