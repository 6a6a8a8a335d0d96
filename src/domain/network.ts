/** The share of an address that one customer of a network is given: RFC 6177 allows a /48. */
const V6_GROUPS = 3
const V4_BYTES = 3

/**
 * The network of a client by its address, so that a neighbouring address is no new stranger. A text that is no address
 * is a network of its own.
 */
export function networkOf(address: string): string {
  const v4 = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1]
  if (v4 !== undefined) return `${v4.split('.').slice(0, V4_BYTES).map(Number).join('.')}.0/24`
  const groups = groupsOf(address.split('%')[0] ?? '')
  return groups ? `${groups.slice(0, V6_GROUPS).join(':')}::/48` : address.slice(0, LONGEST_ADDRESS)
}

const LONGEST_ADDRESS = 45

/** The eight groups of an IPv6 address without leading zeros; undefined when it is none. */
function groupsOf(address: string): readonly string[] | undefined {
  const [before = '', after] = address.split('::')
  const [head, tail] = [before, after ?? ''].map(text => (text === '' ? [] : text.split(':')))
  const given = [...(head ?? []), ...(tail ?? [])]
  const missing = 8 - given.length
  if (missing < 0 || (after === undefined && missing > 0)) return undefined
  if (!given.every(group => /^[\da-f]{1,4}$/i.test(group))) return undefined
  const all = [...(head ?? []), ...Array.from({ length: missing }, () => '0'), ...(tail ?? [])]
  return all.map(group => Number.parseInt(group, 16).toString(16))
}
