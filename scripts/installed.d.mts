type Entry = {
  readonly version?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly optional?: boolean
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
}
type Packages = { readonly packages: Readonly<Record<string, Entry>> }
type Machine = { readonly os: string; readonly cpu: string; readonly libc: string }

export function differences(lockfile: Packages, installed: Packages, machine: Machine): string[]
export function isInstalled(root: string): boolean
