// What the mutation runner runs: the unit tests alone, since it cannot take a browser's.
import { defineConfig } from 'vitest/config'
import { wgslLoader } from '../build/wgsl_loader.ts'

export default defineConfig({
  plugins: [wgslLoader()],
  test: {
    include: ['**/*.test.ts'], // in the folder that the part names
    exclude: ['**/*.{gpu,real}.test.ts', '**/node_modules/**'],
    testTimeout: 30_000,
  },
})
