import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'simulator/**/*.test.ts', 'console/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'forks',
    // Worker threads started by the code under test inherit this, so the store's worker runs from source.
    execArgv: ['--import', new URL('./scripts/typescript.mjs', import.meta.url).pathname],
    globalSetup: ['test/postgres-server.ts', 'test/chromium.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
})
