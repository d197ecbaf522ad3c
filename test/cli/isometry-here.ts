import { runIsometry } from '@isometry/cli';

/** Runs `isometry` inside this process: the same code without the seconds that a process takes. */
export async function isometryHere(
  args: readonly string[],
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  let stdout = '';
  let stderr = '';
  const code = await runIsometry(args, {
    out: (text) => void (stdout += text),
    err: (text) => void (stderr += text),
    redraws: false,
    colors: false,
    columns: 100,
    signal: new AbortController().signal,
    env: process.env,
    cwd: process.cwd(),
  });
  return { code, stdout, stderr };
}
