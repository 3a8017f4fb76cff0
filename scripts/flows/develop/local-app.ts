import { DeployError } from '../../errors.js'
import type { AppPart, StartedApp } from '../../ports.js'
import { confirmTyped } from '../confirm.js'
import type { TargetContext } from '../context.js'
import { writeConfig } from '../config/write-config.js'
import { localSignIn } from './local-sign-in.js'

const ports = { backend: 8000, page: 3000 }

/** The backend of a target on this machine: the code and configuration of this checkout, the buckets of its cloud. */
export async function startBackend(context: TargetContext): Promise<StartedApp> {
  const { ports: has, target, names, toolFolder, projectFolder, childEnv } = context
  await verifyMayStart(context)
  await verifySameSetting('backend', context)
  const signIn = await localSignIn(context)
  await writeConfig(signIn.place, context)
  const program = await has.toolchain.testPython()
  const env = {
    ...childEnv,
    ...(await context.cloudEnv()),
    ENV: target.env,
    ORG: target.org,
    FORMS_BUCKET: names.buckets.forms,
    ELN_BUCKET: names.buckets.eln,
    DRAFTS_BUCKET: names.buckets.drafts,
    LOCAL_CONFIG_FILE: `${projectFolder}/.rs/config/${target.env}-${target.org}/backend.json`,
    // Byte code must not land in the folder that SAM hashes and copies.
    PYTHONPYCACHEPREFIX: `${projectFolder}/.rs/cache/pycache`,
    ...signIn.env,
  }
  const app = ['--app-dir', `${toolFolder}/infra/local-app`, 'guarded:app']
  const args = ['-m', 'uvicorn', ...app, '--host', '127.0.0.1', '--port']
  return has.app.start('backend', settingOf('backend', context), ports.backend, (port) => ({
    program,
    args: [...args, String(port)],
    cwd: `${projectFolder}/backend`,
    env,
  }))
}

/** The page of a target on this machine; what it asks of the API goes to the local backend. */
export async function startFrontend(context: TargetContext): Promise<StartedApp> {
  const { ports: has, target, projectFolder, toolFolder, nodeProgram, childEnv } = context
  await verifyMayStart(context)
  await verifySameSetting('page', context)
  if (!(await has.files.exists('frontend/index.html'))) {
    throw new DeployError('Usage', 'frontend/index.html is not there: this project has no page', {
      hint: `make start-backend ENV=${target.env} ORG=${target.org}`,
    })
  }
  await writeConfig((await localSignIn(context)).place, context)
  const config = `${projectFolder}/.rs/config/${target.env}-${target.org}/webapp.json`
  const server = `${toolFolder}/infra/local-app/serve-page.mjs`
  const record = `${projectFolder}/.rs/app/backend.json`
  return has.app.start('page', settingOf('page', context), ports.page, (port) => ({
    program: nodeProgram,
    args: [server, String(port), `${projectFolder}/frontend`, config, record, targetName(context)],
    cwd: projectFolder,
    env: childEnv,
  }))
}

/**
 * A local backend writes into the target's own buckets. Throws Refused for one of prod that lets everybody in, Declined
 * for one of prod that nobody confirmed.
 */
async function verifyMayStart(context: TargetContext): Promise<void> {
  const { target, inputs } = context
  if (target.env !== 'prod') return
  if (inputs.ENABLE_AUTH === 'false') {
    throw new DeployError('Refused', 'ENABLE_AUTH=false would let everybody write into the buckets of prod', {
      hint: `make ${context.command} ENV=prod ORG=${target.org}`,
    })
  }
  await confirmTyped({ what: `${context.command} with the data of prod`, yesSkips: true }, context)
}

/**
 * Throws Refused while the part runs otherwise than asked for, or the other part for another target: the page passes on
 * to whatever backend runs.
 */
async function verifySameSetting(part: AppPart, context: TargetContext): Promise<void> {
  const hint = `make stop-all, then make ${context.command} ENV=${context.target.env} ORG=${context.target.org}`
  for (const one of ['backend', 'page'] as const) {
    const present = await context.ports.app.running(one)
    if (present === undefined) continue
    const wanted = one === part ? settingOf(one, context) : targetName(context)
    if (present.target === wanted || present.target.startsWith(`${wanted} `)) continue
    throw new DeployError('Refused', `the local ${one} runs for ${present.target} already`, { hint })
  }
}

/** What a part was started for, as it is recorded: the target, and for the backend whether it lets everybody in. */
function settingOf(part: AppPart, context: TargetContext): string {
  const open = part === 'backend' && context.inputs.ENABLE_AUTH === 'false'
  return `${targetName(context)}${open ? ' without sign-in' : ''}`
}

function targetName({ target: { env, org } }: TargetContext): string {
  return `${env}/${org}`
}
