import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/**
 * A TCP proxy on loopback that can fail like a network:
 *
 * - `swallow`: takes everything and passes nothing on, as a firewall that dropped its states. Connections of that time
 *   stay dead when it forwards again, and the server behind does not know.
 * - `cut`: resets every connection and accepts none.
 * - `slow`: passes everything on later.
 */
export type TcpProxy = AsyncDisposable & {
  readonly port: number
  /** The same address, by way of this proxy. */
  through(url: string): string
  forward(): void
  swallow(): void
  cut(): void
  slow(ms: number): void
  /** Something that the client said was swallowed from now on. */
  swallowed(): Promise<void>
  /** A client has connected from now on. */
  connected(): Promise<void>
}

type Mode = 'forward' | 'swallow' | 'cut'
type Pair = { readonly client: Socket; readonly server: Socket | undefined; isDead: boolean }

async function startTcpProxy(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const pairs = new Set<Pair>()
  let mode: Mode = 'forward'
  let delayMs = 0
  let heard: readonly (() => void)[] = []
  let came: readonly (() => void)[] = []

  function pass(pair: Pair, to: Socket | undefined, chunk: Buffer): void {
    if (pair.isDead || !to) return
    if (delayMs === 0) to.write(chunk)
    else setTimeout(() => !pair.isDead && to.write(chunk), delayMs).unref()
  }

  function close({ client, server }: Pair): void {
    client.destroy()
    server?.destroy()
  }

  const listener = createServer(client => {
    if (mode === 'cut') {
      client.resetAndDestroy()
      return
    }
    const server = mode === 'forward' ? connect(target) : undefined
    const pair: Pair = { client, server, isDead: mode === 'swallow' }
    pairs.add(pair)
    came.forEach(tell => tell())
    client.on('data', chunk => {
      if (pair.isDead) heard.forEach(tell => tell())
      pass(pair, server, chunk)
    })
    server?.on('data', chunk => pass(pair, client, chunk))
    for (const socket of [client, ...(server ? [server] : [])]) {
      socket.on('error', () => undefined)
      // A dead network tells nobody that the other side is gone.
      socket.on('close', () => {
        if (!pair.isDead) close(pair)
      })
    }
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo

  return {
    port,
    through(url) {
      const own = new URL(url)
      own.hostname = '127.0.0.1'
      own.port = String(port)
      return own.href
    },
    forward() {
      mode = 'forward'
      delayMs = 0
    },
    swallow() {
      mode = 'swallow'
      for (const pair of pairs) pair.isDead = true
    },
    cut() {
      mode = 'cut'
      for (const pair of pairs) pair.client.resetAndDestroy()
      pairs.forEach(close)
      pairs.clear()
    },
    slow: ms => (delayMs = ms),
    swallowed: () => new Promise(resolve => (heard = [...heard, resolve])),
    connected: () => new Promise(resolve => (came = [...came, resolve])),
    async [Symbol.asyncDispose]() {
      pairs.forEach(close)
      listener.close()
      await once(listener, 'close')
    },
  }
}

/** In front of the PostgreSQL at this address. */
export function proxyOf(url: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(url)
  return startTcpProxy({ host: hostname, port: Number(port === '' ? 5432 : port) })
}
