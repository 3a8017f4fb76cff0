import path from 'node:path'
import { samConfigFile, samConfigText, samValidate } from '../../core/sam-commands.js'
import { parseTemplate } from '../../core/template.js'
import { DeployError } from '../../errors.js'
import type { Step } from '../../report/report.js'
import { samEnvironment, samErrors } from './build-target.js'
import { templateFile } from '../../core/saved-files.js'
import type { Context } from '../context.js'

const folder = path.join('.rs', 'validate')
const region = 'us-east-1'

/** `sam validate --lint`. Throws Usage with what the linter found. */
export async function validateTemplate(step: Step, context: Context): Promise<void> {
  const { ports, projectFolder, childEnv } = context
  parseTemplate((await ports.files.readText(templateFile)) ?? '', templateFile)
  const sam = await ports.toolchain.sam()
  await ports.files.write(path.join(folder, samConfigFile), samConfigText)
  const place = {
    program: sam.program,
    folder: path.join(projectFolder, folder),
    env: { ...childEnv, ...samEnvironment(context), AWS_DEFAULT_REGION: region },
  }
  const template = path.join(projectFolder, templateFile)
  const { exitCode, output } = await ports.shell.run(samValidate(place, template), (line) => step.detail(line))
  if (exitCode === 0) return step.say('template.yaml is valid, the linter finds nothing')
  const findings = output.match(/\[*[EWI]\d{4}: [\s\S]*?matched (?:line )?\d+/g) ?? samErrors(output)
  throw new DeployError('Usage', 'template.yaml is not valid', {
    facts: findings.slice(0, 5).map((text, i) => ({
      label: i === 0 ? 'Found' : '',
      text: text
        .replaceAll(/\s+/g, ' ')
        .replace(/^\[+/, '')
        .replace(/\]? matched (?:line )?(\d+)$/, ' (template.yaml:$1)'),
    })),
    hint: 'correct template.yaml; the log has every finding with its line',
  })
}
