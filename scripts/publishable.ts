type Versions = Readonly<Record<string, string>>

/** The fields of package.json that a release reads; all others pass through. */
export type Manifest = {
  readonly name: string
  readonly version: string
  readonly files: readonly string[]
  readonly dependencies: Versions
  /** Of a package everywhere, or of what a tool of the checkout brings along. */
  readonly overrides?: Readonly<Record<string, string | Versions>>
}

type Entry = { readonly version?: string; readonly dev?: boolean; readonly dependencies?: Versions }

export type Lockfile = {
  readonly name: string
  readonly version: string
  readonly lockfileVersion: number
  readonly packages: Readonly<Record<string, Entry>>
}

/** What `npm sbom` writes, as far as a release changes it. */
export type Sbom = {
  readonly metadata: { readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

type Property = { readonly name: string; readonly value: string }
type Component = {
  readonly 'bom-ref': string
  readonly name: string
  readonly scope?: string
  readonly properties: readonly Property[]
}

/** A package by name and version. */
export type Named = { readonly name: string; readonly version: string }

/** What only a checkout needs, or must have so that nobody publishes it by accident. */
const OF_A_CHECKOUT = ['private', 'scripts', 'devDependencies', 'overrides']

const without = (record: object, names: readonly string[]): object =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)))

/** npm ignores the overrides of a package that it installs, and puts a dependency where all who need it find it. */
function publishedDependencies({ dependencies, overrides = {} }: Manifest): Versions {
  const everywhere = Object.entries(overrides).flatMap(([name, version]) =>
    typeof version === 'string' ? [[name, version] as const] : [],
  )
  return { ...dependencies, ...Object.fromEntries(everywhere) }
}

/** The manifest that is published. */
export const publishedManifest = (manifest: Manifest): object => ({
  ...without(manifest, OF_A_CHECKOUT),
  dependencies: publishedDependencies(manifest),
  // npm packs a shrinkwrap only when it is named.
  files: [...manifest.files, 'npm-shrinkwrap.json'],
})

/** The lockfile without anything that only a checkout needs: who installs the package gets what was tested. */
export function shrinkwrapOf(lockfile: Lockfile, manifest: Manifest): Lockfile {
  const { '': root = {}, ...others } = lockfile.packages
  const needed = Object.entries(others).filter(([, { dev }]) => dev !== true)
  const published = { ...without(root, OF_A_CHECKOUT), dependencies: publishedDependencies(manifest) }
  return { ...lockfile, packages: { '': published, ...Object.fromEntries(needed) } }
}

const nameAt = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** The packages of a lockfile, without the root. */
export const packagesOf = (lockfile: Lockfile): Named[] =>
  Object.entries(lockfile.packages).flatMap(([path, { version = '' }]) =>
    path === '' ? [] : [{ name: nameAt(path), version }],
  )

const refOf = ({ name, version }: Named): string => `${name}@${version}`

/**
 * A bill of everything that npm locks, cut down to the packages of a release. `npm sbom --omit=dev` cannot do that: it
 * also leaves out packages of the service that a development tool shares.
 */
export function sbomOf(bill: Sbom, { name, packages }: { name: string; packages: readonly Named[] }): Sbom {
  const { component } = bill.metadata
  const kept = new Set([component['bom-ref'], ...packages.map(refOf)])
  return {
    ...bill,
    metadata: { ...bill.metadata, component: { ...component, name, properties: [] } },
    components: bill.components.filter(each => kept.has(each['bom-ref'])).map(shipped),
    dependencies: bill.dependencies
      .filter(({ ref }) => kept.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(each => kept.has(each)) })),
  }
}

/** npm calls what the console bundles optional, since a checkout has it for development. */
const shipped = (component: Component): Component =>
  component.properties.some(({ name }) => name === 'cdx:npm:package:development')
    ? { ...component, scope: 'required', properties: [] }
    : component

/** A page without the pictures that a package does not contain. */
export const withoutPictures = (page: string): string => page.replaceAll(/^!\[[^\]]*\]\([^)]*\)\n\n?/gm, '')
