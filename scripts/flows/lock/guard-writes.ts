import type { Ports } from '../../ports.js'
import { type GuardedPorts, portMarks } from '../../ports/marks.js'

/** The same ports, but `verify` is asked before every call that changes something. */
export function guardWrites(ports: Ports, verify: () => Promise<void>): Ports {
  const guarded = Object.fromEntries(
    Object.entries(portMarks).map(([name, marks]) => {
      const port = ports[name as keyof GuardedPorts]
      return [name, guardPort(port, marks as Readonly<Record<string, 'read' | 'write'>>, verify)]
    }),
  )
  return { ...ports, ...(guarded as unknown as GuardedPorts) }
}

function guardPort<Port extends object>(
  port: Port,
  marks: Readonly<Record<string, 'read' | 'write'>>,
  verify: () => Promise<void>,
): Port {
  return new Proxy(port, {
    get(known, key) {
      const method = Reflect.get(known, key) as unknown
      if (typeof method !== 'function' || marks[String(key)] !== 'write') return method
      return async (...args: unknown[]) => {
        await verify()
        return method.apply(known, args) as unknown
      }
    },
  })
}
