import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import type { Plugin } from 'vite'
import { softwareGpu } from './cli/browser/chromium.ts'
import { realModelsFolder } from './cli/models/real_model.ts'
import { licencesFile } from './cli/build/licences.ts'
import { contentPolicyInBuild } from './cli/site/content_policy.ts'
import { sendFile } from './cli/site/serve.ts'
import { wgslLoader } from './cli/build/wgsl_loader.ts'

// Linking the shaders takes its time; that needs no warning in every build.
const quiet = { bundlerTimings: false }

const softwareBrowser = {
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({ launchOptions: softwareGpu() }),
  instances: [{ browser: 'chromium' as const }],
}

/** Serves the real models that were fetched to the tests that read them. */
function realModels(): Plugin {
  return {
    name: 'real-models',
    configureServer({ middlewares }) {
      middlewares.use('/real-models/', (request, response) =>
        sendFile(realModelsFolder(), (request.url ?? '/').slice(1), request, response),
      )
    },
  }
}

export default defineConfig({
  base: './', // the built page runs under any path of any static host
  plugins: [wgslLoader(), contentPolicyInBuild()],
  worker: { format: 'es', plugins: () => [wgslLoader()], rolldownOptions: { checks: quiet } },
  // found late, they would reload the page of a dev server or a running test
  optimizeDeps: {
    include: [
      'comlink',
      '@huggingface/gguf',
      '@huggingface/hub',
      '@huggingface/jinja',
      '@huggingface/tokenizers',
      'hash-wasm',
      'fflate',
      'htmlparser2',
      'linkedom',
      '@mozilla/readability',
      'mammoth',
      'papaparse',
      'pdfjs-dist/legacy/build/pdf.mjs',
      'pdfjs-dist/legacy/build/pdf.worker.mjs',
      'postal-mime',
    ],
  },
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 1600, // the character maps of pdf.js, fetched when a PDF names one
    rolldownOptions: { checks: quiet },
    license: { fileName: licencesFile }, // of the packages that are bundled
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{src,reference,cli}/**/*.test.ts'],
          exclude: ['**/*.{gpu,real}.test.ts'],
          isolate: false, // modules are loaded once for all files
          testTimeout: 30_000, // a busy machine is no failure
        },
      },
      {
        extends: true,
        test: {
          name: 'gpu',
          include: ['src/**/*.gpu.test.ts'],
          isolate: false, // one page for all files, so that they share a device and what it compiled
          testTimeout: 60_000,
          browser: softwareBrowser,
        },
      },
      {
        extends: true,
        plugins: [realModels()],
        test: {
          name: 'real',
          include: ['src/real/*.real.test.ts'],
          browser: softwareBrowser,
        },
      },
    ],
  },
})
