import type { Ports } from '../../ports.js'
import { type GuardedPorts, portMarks } from '../../ports/marks.js'

/** Does a write, or throws without doing it. */
export type Guard = <T>(write: () => Promise<T>) => Promise<T>

/** The same ports, but every call that changes something goes through `guard`. */
export function guardWrites(ports: Ports, guard: Guard): Ports {
  const guarded = Object.fromEntries(
    Object.entries(portMarks).map(([name, marks]) => {
      const port = ports[name as keyof GuardedPorts]
      return [name, guardPort(port, marks as Readonly<Record<string, 'read' | 'write'>>, guard)]
    }),
  )
  return { ...ports, ...(guarded as unknown as GuardedPorts) }
}

function guardPort<Port extends object>(
  port: Port,
  marks: Readonly<Record<string, 'read' | 'write'>>,
  guard: Guard,
): Port {
  return new Proxy(port, {
    get(known, key) {
      const method = Reflect.get(known, key) as unknown
      if (typeof method !== 'function' || marks[String(key)] !== 'write') return method
      return (...args: unknown[]) => guard(async () => (await method.apply(known, args)) as unknown)
    },
  })
}
