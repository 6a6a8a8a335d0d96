import { fileURLToPath } from 'node:url'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

const MINUTE = 60_000

type Kind = {
  readonly include: readonly string[]
  readonly exclude?: readonly string[]
  /** What must be there before the first of them starts. */
  readonly needs?: readonly ('shared-postgres' | 'chromium')[]
  /** Only ends what hangs: no test is to come near it, on a machine that is busy with something else either. */
  readonly limit: number
}

const WITH_DATABASE = ['src/store/**/*.test.ts', 'src/pipeline/**/*.test.ts']
const SCENARIOS = ['test/scenarios/**/*.test.ts']
const PROCESSES = ['test/process/**/*.test.ts', 'test/crash/**/*.test.ts']
const BROWSER = ['test/browser/**/*.test.ts']

const KINDS: Readonly<Record<string, Kind>> = {
  units: {
    include: ['src/**/*.test.ts', 'simulator/**/*.test.ts', 'console/**/*.test.ts'],
    exclude: WITH_DATABASE,
    limit: 2 * MINUTE,
  },
  store: { include: WITH_DATABASE, needs: ['shared-postgres'], limit: 5 * MINUTE },
  scenarios: { include: SCENARIOS, needs: ['shared-postgres'], limit: 10 * MINUTE },
  processes: { include: PROCESSES, needs: ['shared-postgres'], limit: 10 * MINUTE },
  browser: { include: BROWSER, needs: ['chromium'], limit: 10 * MINUTE },
  repository: {
    include: ['test/**/*.test.ts'],
    exclude: [...SCENARIOS, ...PROCESSES, ...BROWSER],
    needs: ['shared-postgres'],
    limit: 5 * MINUTE,
  },
}

const projectOf = ([name, { include, exclude = [], needs = [], limit }]: [string, Kind]) =>
  ({
    test: {
      name,
      include: [...include],
      exclude: [...exclude],
      pool: 'forks',
      // The files of a kind share a process, which loads the service once. No module keeps a state that could leak.
      isolate: false,
      // Threads started by the code under test inherit this, so the store's threads run from source.
      execArgv: ['--require', fileURLToPath(new URL('./scripts/typescript-thread.cjs', import.meta.url))],
      globalSetup: needs.map(name => `test/${name}.ts`),
      testTimeout: limit,
      hookTimeout: limit,
      expect: { poll: { timeout: limit / 2 } },
    },
  }) satisfies TestProjectInlineConfiguration

export default defineConfig({ test: { projects: Object.entries(KINDS).map(projectOf) } })
