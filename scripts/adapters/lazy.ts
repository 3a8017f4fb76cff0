/**
 * A port whose adapter is loaded at its first call, so that a command pays only for the clients it uses.
 * Works for interfaces that have nothing but methods that return promises.
 */
export function lazily<Port extends object>(load: () => Promise<Port>): Port {
  let loading: Promise<Port> | undefined
  return new Proxy({} as Port, {
    get: (_port, method) => {
      if (method === 'then') return undefined
      return async (...args: unknown[]) => {
        loading ??= load()
        const port = (await loading) as Record<string | symbol, (...args: unknown[]) => Promise<unknown>>
        return await port[method]?.(...args)
      }
    },
  })
}
