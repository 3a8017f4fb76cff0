import type { Template } from './template.js'
import { templateFile } from './saved-files.js'

export type ChangeKind = 'added' | 'removed' | 'changed'

/** One entry of a record that is not as it was. */
export interface EntryChange {
  name: string
  change: ChangeKind
  /** Absent where there was or is none, and of a secret. */
  was?: string
  now?: string
}

/** What differs between two records, by name; values of secrets are left out. */
export function entryChanges(
  was: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
  isSecret: (name: string) => boolean = () => false,
): EntryChange[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(now)])].sort()
  return names.flatMap((name): EntryChange[] => {
    const [before, after] = [was[name], now[name]]
    if (before === after) return []
    const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'
    if (isSecret(name)) return [{ name, change }]
    return [
      {
        name,
        change,
        ...(before === undefined ? {} : { was: before }),
        ...(after === undefined ? {} : { now: after }),
      },
    ]
  })
}

/** `ui.title  "Old" → "New"`; of a secret, or where nothing else is known, the name alone. */
export function describeChange({ name, was, now }: EntryChange): string {
  const values = was === undefined ? now : now === undefined ? was : `${was} → ${now}`
  return values === undefined ? name : `${name}  ${values}`
}

/** Which input a file belongs to, by its path; `templates`: those that the project's own one nests, too. */
export function inputOfFile(file: string, templates: readonly string[] = []): 'template' | 'config' | 'code' {
  if (file === templateFile || templates.includes(file)) return 'template'
  return file.startsWith('infra/.config/') ? 'config' : 'code'
}

/** Names under which nobody expects a value on a screen. */
export function isSecretName(name: string): boolean {
  return /secret|passw|token|credential|private|api_?key/i.test(name)
}

/** Whether a template's parameter holds what nobody may see. */
export function isSecretParameter(name: string, template: Template): boolean {
  return isNoEcho(name, template) || isSecretName(name)
}

/** Whether CloudFormation masks a parameter's value: nobody can read it back. */
export function isNoEcho(name: string, template: Template): boolean {
  const noEcho = template.Parameters?.[name]?.['NoEcho']
  return noEcho === true || noEcho === 'true'
}
