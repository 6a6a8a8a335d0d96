import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packagesOf, publishedManifest, sbomOf, shrinkwrapOf, withoutPictures } from './publishable.ts'
import { type Lockfile, type Manifest, type Named, type Sbom } from './publishable.ts'

const ROOT = join(import.meta.dirname, '..')

export type Release = { readonly tarball: string; readonly sbom: string }

/** Leaves in `folder`, and nothing else there: the package as `npm install` takes it, and its bill of materials. */
export function release(folder: string): Release {
  const manifest = readJson(join(ROOT, 'package.json')) as Manifest
  const lockfile = readJson(join(ROOT, 'package-lock.json')) as Lockfile
  const name = `${manifest.name}-${manifest.version}`
  const staged = join(folder, 'package')
  rmSync(folder, { recursive: true, force: true })
  stage(staged, manifest, lockfile)
  npm(['pack', '--silent', '--pack-destination', '..'], staged)
  rmSync(staged, { recursive: true })
  const sbom = join(folder, `${name}.cdx.json`)
  writeJson(sbom, billOf(manifest, lockfile))
  return { tarball: join(folder, `${name}.tgz`), sbom }
}

function stage(staged: string, manifest: Manifest, lockfile: Lockfile): void {
  mkdirSync(staged, { recursive: true })
  const named = manifest.files.filter(each => !each.startsWith('!'))
  for (const file of [...named, 'README.md', 'LICENSE'])
    cpSync(join(ROOT, file), join(staged, file), { recursive: true })
  writeFileSync(join(staged, 'README.md'), withoutPictures(readFileSync(join(ROOT, 'README.md'), 'utf8')))
  writeJson(join(staged, 'package.json'), publishedManifest(manifest))
  writeJson(join(staged, 'npm-shrinkwrap.json'), shrinkwrapOf(lockfile, manifest))
}

/** The service's packages and what the console bundles. */
function billOf(manifest: Manifest, lockfile: Lockfile): Sbom {
  const all = JSON.parse(npm(['sbom', '--package-lock-only', '--sbom-format=cyclonedx'], ROOT)) as Sbom
  const bundled = readJson(join(ROOT, 'dist/console/licenses.json')) as Named[]
  const loaded = packagesOf(shrinkwrapOf(lockfile, manifest))
  return sbomOf(all, { name: manifest.name, packages: [...loaded, ...bundled] })
}

const npm = (args: readonly string[], cwd: string): string =>
  execFileSync('npm', args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  })

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))

const writeJson = (file: string, value: unknown): void =>
  writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`)
