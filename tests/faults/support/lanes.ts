import { type Rig, type Start, makeRig, twinOf } from './rig.js'

/** A deployment waits about as long as it works, and two matrices run at a time: more lanes make two processors no faster. */
const width = 3

/** Rigs in the same state, each working on one cell at a time. */
export interface Lanes {
  /** What a clean run does, from each start. */
  clean: Rig['clean']
  /** Waits for a lane that is free. */
  on<T>(work: (rig: Rig) => Promise<T>): Promise<T>
  remove(): Promise<void>
}

export async function makeLanes(name: string, starts: readonly Start[]): Promise<Lanes> {
  const first = await makeRig(name, starts)
  const rigs = [first]
  while (rigs.length < width) rigs.push(await twinOf(first))
  const free = [...rigs]
  const waiting: (() => void)[] = []
  return {
    clean: first.clean,
    async on(work) {
      while (free.length === 0) await new Promise<void>((resolve) => waiting.push(resolve))
      const rig = free.pop()!
      try {
        return await work(rig)
      } finally {
        free.push(rig)
        waiting.shift()?.()
      }
    },
    remove: async () => void (await Promise.all(rigs.map((rig) => rig.remove()))),
  }
}
