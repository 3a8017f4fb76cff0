import { readFileSync, readdirSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

/** The process and everything below it, whatever group or session it is in. */
export function familyOf(pid: number): number[] {
  const parents = new Map(allProcesses().map((one) => [one, parentOf(one)]))
  const family = [pid]
  for (const member of family) {
    for (const [child, parent] of parents) if (parent === member && !family.includes(child)) family.push(child)
  }
  return family
}

/** kill -9 for all of them at once: nobody gets to clean up, or to start another. Returns who they were. */
export function killFamily(pid: number): number[] {
  const stopped = new Set<number>()
  for (let found = [pid]; found.length > 0; found = familyOf(pid).filter((member) => !stopped.has(member))) {
    for (const member of found) {
      signal(member, 'SIGSTOP')
      stopped.add(member)
    }
  }
  for (const member of stopped) signal(member, 'SIGKILL')
  return [...stopped]
}

/** Until none of them writes anything more: a signal is sent, not yet obeyed. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  const alive = (pid: number): boolean => !['', 'Z'].includes(procFile(pid, 'stat').split(') ').at(-1)?.charAt(0) ?? '')
  while (pids.some(alive)) await wait(10)
}

export function allProcesses(): number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
}

/** A file of /proc/PID; empty when the process has ended. */
export function procFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return ''
  }
}

function parentOf(pid: number): number {
  // The second field, the name, is in parentheses and may hold anything.
  return Number(procFile(pid, 'stat').split(') ').at(-1)?.split(' ')[1] ?? 0)
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended already.
  }
}
