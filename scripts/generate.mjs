// Writes every document that is made from the source: `node scripts/generate.mjs`. A test compares them.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const own = fileURLToPath(import.meta.url)
const root = join(dirname(own), '..')

// The store's threads read TypeScript too, and they only inherit what stands on the command line.
if (!process.execArgv.some(arg => arg.startsWith('--import'))) {
  const loader = new URL('typescript.mjs', import.meta.url).href
  const { status } = spawnSync(process.execPath, ['--import', loader, own], { stdio: 'inherit' })
  process.exit(status ?? 1)
}

const { generate } = await import('./generate.ts')
const { default: startPostgres } = await import('../test/postgres-server.ts')

let postgresUrl = ''
const stop = await startPostgres({ provide: (_name, url) => (postgresUrl = url) })
try {
  for (const [path, text] of await generate({ postgresUrl })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
    console.log(path)
  }
} finally {
  await stop()
}
