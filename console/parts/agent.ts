const BROWSERS = [
  ['Edge', /Edg\//],
  ['Opera', /OPR\//],
  ['Firefox', /Firefox\//],
  ['Chrome', /Chrome\//],
  ['Safari', /Safari\//],
] as const

const SYSTEMS = [
  ['iOS', /iPhone|iPad/],
  ['Android', /Android/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X/],
  ['Linux', /Linux/],
] as const

/** A browser's user agent as people would call it; a guess, for orientation only. */
export function agentName(agent: string): string {
  if (agent === '') return 'unknown browser'
  const browser = BROWSERS.find(([, mark]) => mark.test(agent))?.[0]
  const system = SYSTEMS.find(([, mark]) => mark.test(agent))?.[0]
  if (browser === undefined) return agent.slice(0, 40)
  return system === undefined ? browser : `${browser} on ${system}`
}
