// Installs the package that `npm run release` left, as anybody would, and plays the demo with it. It asks the registry
// for the newest versions that the package's ranges allow, so it is no part of `npm test`.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../release', import.meta.url))
const tarball = readdirSync(folder).find(name => name.endsWith('.tgz'))
const empty = mkdtempSync(join(tmpdir(), 'consent-relay-try-'))
const options = { cwd: empty, stdio: 'inherit', shell: process.platform === 'win32' }
try {
  execFileSync('npm', ['install', '--prefix', empty, '--no-audit', '--no-fund', join(folder, tarball)], options)
  execFileSync(join(empty, 'node_modules/.bin/consent-relay'), ['demo', '--once'], options)
} finally {
  rmSync(empty, { recursive: true, force: true })
}
