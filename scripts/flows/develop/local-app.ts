import { DeployError } from '../../errors.js'
import type { AppPart, StartedApp } from '../../ports.js'
import type { FilesContext, TargetContext } from '../context.js'
import { writeConfig } from '../config/write-config.js'
import { localSignIn } from './local-sign-in.js'

const ports = { backend: 8000, page: 3000 }

/** The backend of a target on this machine: the code and configuration of this checkout, the buckets of its cloud. */
export async function startBackend(context: TargetContext): Promise<StartedApp> {
  const { ports: has, target, names, toolFolder, projectFolder, childEnv } = context
  await verifySameTarget('backend', context)
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
  return has.app.start('backend', targetName(context), ports.backend, (port) => ({
    program,
    args: [...args, String(port)],
    cwd: `${projectFolder}/backend`,
    env,
  }))
}

/** The page of a target on this machine; what it asks of the API goes to the local backend. */
export async function startFrontend(context: TargetContext): Promise<StartedApp> {
  const { ports: has, target, projectFolder, toolFolder, nodeProgram, childEnv } = context
  await verifySameTarget('page', context)
  if (!(await has.files.exists('frontend/index.html'))) {
    throw new DeployError('Usage', 'frontend/index.html is not there: this project has no page', {
      hint: `make start-backend ENV=${target.env} ORG=${target.org}`,
    })
  }
  await writeConfig((await localSignIn(context)).place, context)
  const config = `${projectFolder}/.rs/config/${target.env}-${target.org}/webapp.json`
  const server = `${toolFolder}/infra/local-app/serve-page.mjs`
  const record = `${projectFolder}/.rs/app/backend.json`
  return has.app.start('page', targetName(context), ports.page, (port) => ({
    program: nodeProgram,
    args: [server, String(port), `${projectFolder}/frontend`, config, record],
    cwd: projectFolder,
    env: childEnv,
  }))
}

/** Throws Refused while the part runs for another target: its configuration and buckets are that one's. */
async function verifySameTarget(part: AppPart, context: FilesContext): Promise<void> {
  const present = await context.ports.app.running(part)
  if (present === undefined || present.target === targetName(context)) return
  throw new DeployError('Refused', `the local ${part} runs for ${present.target} already`, {
    hint: 'make stop-all, then the same command again',
  })
}

function targetName({ target: { env, org } }: FilesContext): string {
  return `${env}/${org}`
}
