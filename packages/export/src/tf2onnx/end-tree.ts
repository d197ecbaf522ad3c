import { spawn, type ChildProcess } from 'node:child_process';

/** What a program has after SIGTERM; Python does not hear it inside of TensorFlow's calls. */
const GRACE_MS = 2_000;

/** Ends a process and all it started: asked first, killed after {@link GRACE_MS}. It leads a group of its own. */
export function endTree(child: ChildProcess): void {
  if (child.pid === undefined || hasEnded(child)) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' }).on(
      'error',
      () => void child.kill(),
    );
    return;
  }
  const group = -child.pid;
  signalGroup(group, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(group, 'SIGKILL'), GRACE_MS);
  // The leader may go at once and leave children behind that heard nothing.
  child.once('exit', () => {
    clearTimeout(timer);
    signalGroup(group, 'SIGKILL');
  });
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(group, signal);
  } catch {
    // Nobody is left in it.
  }
}
