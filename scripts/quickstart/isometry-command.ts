import { spawn } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../packages/cli/bin/isometry.js', import.meta.url));

/** Runs `isometry …` as a user would, its output passed on. Ends this process when the command fails. */
export async function isometry(args: readonly string[]): Promise<void> {
  console.log(`$ npx isometry ${args.map(quote).join(' ')}`);
  const child = spawn(process.execPath, [BIN, ...args], { stdio: 'inherit' });
  const status = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 130));
  });
  if (status !== 0) process.exit(status);
}

function quote(arg: string): string {
  return /[^\w./=-]/.test(arg) ? `'${arg}'` : arg;
}
