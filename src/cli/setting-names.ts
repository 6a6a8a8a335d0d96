import { suggestion } from './nearest.ts'

/** Of the commands that ask the API, and of the tests of the repository. */
const OTHERS = /^(URL|TOKEN|TEST_.*)$/

/** What Kubernetes sets in every pod for a Service that is called like this one, or begins so. */
const OF_KUBERNETES = /(^|_)(SERVICE_HOST$|SERVICE_PORT(_|$)|PORT_\d{1,5}_(TCP|UDP|SCTP)(_|$))/

type Names = {
  /** A line for each name that no setting has. */
  readonly unknown: readonly string[]
  readonly ofKubernetes: readonly string[]
}

/** The names in an environment that begin like a setting and are none. */
export function strangeNames(
  names: readonly string[],
  { prefix, settings }: { readonly prefix: string; readonly settings: readonly string[] },
): Names {
  const strange = names
    .filter(name => name.startsWith(prefix))
    .map(name => name.slice(prefix.length))
    .filter(name => !settings.includes(name) && !OTHERS.test(name))
  const known = settings.map(name => prefix + name)
  // The port of another Service is known by the host that stands beside it.
  const isOfKubernetes = (name: string): boolean =>
    OF_KUBERNETES.test(name) || (name.endsWith('_PORT') && strange.includes(name.replace(/_PORT$/, '_SERVICE_HOST')))
  return {
    unknown: strange
      .filter(name => !isOfKubernetes(name))
      .map(name => `${prefix + name} is no setting${suggestion(prefix + name, known)}`),
    ofKubernetes: strange.filter(isOfKubernetes).map(name => prefix + name),
  }
}
