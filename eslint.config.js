import tseslint from 'typescript-eslint'

export default tseslint.config(
  {
    ignores: [
      'dist',
      'consumers',
      'examples/**/*.js',
      'node_modules',
      'public',
      'training',
      '**/*.mjs',
      'eslint.config.js',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // `_` stands for what a signature or a pattern obliges us to name.
      '@typescript-eslint/no-unused-vars': [
        'error',
        {
          argsIgnorePattern: '^_$',
          varsIgnorePattern: '^_$',
          destructuredArrayIgnorePattern: '^_$',
        },
      ],
      // An async function without await is how a synchronous answer joins an interface of promises.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // What stands in a document, a model or a file name never becomes markup or a program.
    files: ['src/**'],
    rules: {
      'no-eval': 'error',
      'no-restricted-properties': [
        'error',
        ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'srcdoc', 'setHTMLUnsafe'].map(
          (property) => ({ property, message: 'make elements, and give them textContent' }),
        ),
        { property: 'createContextualFragment', message: 'make elements' },
        { object: 'document', property: 'write', message: 'make elements' },
        { object: 'document', property: 'writeln', message: 'make elements' },
      ],
    },
  },
  {
    files: ['**/*.test.ts', 'e2e/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
)
