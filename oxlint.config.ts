import { defineConfig } from 'oxlint';

import { importDirection } from './scripts/lint/import-direction.ts';

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'import', 'oxc'],
  categories: {
    correctness: 'error',
    suspicious: 'error',
  },
  rules: {
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/switch-exhaustiveness-check': [
      'error',
      {
        considerDefaultExhaustiveForUnions: true,
      },
    ],
    'typescript/no-explicit-any': 'error',
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/consistent-type-imports': 'error',
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'no-restricted-globals': [
      'error',
      {
        name: 'setTimeout',
        message: 'Take Timers from the Env.',
      },
      {
        name: 'setInterval',
        message: 'Take Timers from the Env.',
      },
      {
        name: 'setImmediate',
        message: 'Take Timers from the Env.',
      },
      {
        name: 'Date',
        message: 'Take the Clock from the Env; format with env/time.ts.',
      },
      {
        name: 'performance',
        message: 'Take the Clock from the Env.',
      },
      {
        name: 'fetch',
        message: 'Take a Transport.',
      },
    ],
    'no-restricted-properties': [
      'error',
      {
        object: 'Math',
        property: 'random',
        message: 'Take Random from the Env.',
      },
      {
        object: 'process',
        property: 'exit',
        message: 'Only main.ts ends the process.',
      },
      {
        object: 'AbortSignal',
        property: 'timeout',
        message: 'Take Timers from the Env.',
      },
    ],
    'max-lines': [
      'error',
      {
        max: 300,
        skipBlankLines: true,
        skipComments: true,
      },
    ],
    'max-lines-per-function': [
      'error',
      {
        max: 60,
        skipBlankLines: true,
        skipComments: true,
      },
    ],
    complexity: ['error', 12],
    'max-depth': ['error', 3],
    'max-params': ['error', 4],
    'no-underscore-dangle': 'off',
    'consistent-return': 'off',
    'typescript/consistent-return': 'off',
    'no-await-in-loop': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/no-array-reverse': 'off',
  },
  overrides: [
    {
      files: [
        'packages/reconcile/src/env/process-env.ts',
        'packages/reconcile/src/env/time.ts',
        'packages/reconcile/src/testing/**',
        'scripts/**',
        '**/main.ts',
        '*.config.ts',
      ],
      rules: {
        'no-restricted-globals': 'off',
        'no-restricted-properties': 'off',
        'import/no-default-export': 'off',
      },
    },
    {
      // Its users import a default, as they did of the original.
      files: ['packages/k8s-operator/src/index.ts'],
      rules: { 'import/no-default-export': 'off' },
    },
    {
      // Written as the original's users write their operators, its README's example word for word.
      files: ['packages/k8s-operator/test/programs/**'],
      rules: {
        'import/no-default-export': 'off',
        'no-restricted-globals': 'off',
        'no-restricted-properties': 'off',
        'no-useless-constructor': 'off',
      },
    },
    {
      files: ['**/*.test.ts', '**/*.contract.ts', '**/test/**'],
      rules: {
        'max-lines': [
          'error',
          {
            max: 600,
            skipBlankLines: true,
            skipComments: true,
          },
        ],
        'max-lines-per-function': 'off',
        'max-params': 'off',
        complexity: ['error', 20],
        'import/no-named-as-default-member': 'off',
      },
    },
    {
      // What a new project gets: its tests run under node:test, where the runner has the promise.
      files: ['packages/create-operator/templates/test/**'],
      rules: {
        'typescript/no-floating-promises': [
          'error',
          {
            allowForKnownSafeCalls: [
              {
                from: 'package',
                package: 'node:test',
                name: 'test',
              },
            ],
          },
        ],
      },
    },
    ...importDirection,
  ],
  ignorePatterns: ['dist', '**/generated/**'],
});
