import { describe, expect, it } from 'vitest';
import { isometryHere } from './isometry-here.ts';
import { isometry } from './isometry-process.ts';

describe('isometry --help', () => {
  it('lists the commands and what exit codes mean', async () => {
    const { code, stdout, stderr } = await isometry(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) .*[.:]/gm)].map((match) => match[1]);
    expect(commands).toEqual(
      expect.arrayContaining(['setup', 'train', 'export', 'inspect', 'classify', 'serve']),
    );
    expect(stdout).toContain('Exit codes:');
    expect(stdout).toContain('130  stopped by Ctrl-C');
  });

  it.each([
    'setup',
    'setup train',
    'setup browser',
    'setup judges',
    'weights',
    'weights list',
    'weights fetch',
    'weights verify',
    'train',
    'export',
    'inspect',
    'classify',
    'embed',
    'pixels',
    'serve',
  ])('of %s teaches by example', async (command) => {
    const { code, stdout, stderr } = await isometryHere([...command.split(' '), '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Usage: isometry ${command}`);
    expect(stdout).toMatch(/Examples?:\n {2}\$ /);
  });

  it('is what a bare `isometry` gets, as an error', async () => {
    const { code, stdout, stderr } = await isometryHere([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: isometry');
  });

  it.each([
    [['clasify'], "error OPTION_INVALID: unknown command 'clasify'"],
    [['classify'], "error OPTION_INVALID: missing required argument 'model'"],
    [['classify', 'm', 'i', '--jsn'], "error OPTION_INVALID: unknown option '--jsn'"],
    [['classify', 'm', 'i', '--provider', 'gpu'], 'Give some of cpu, cuda, wasm, webgpu.'],
    [['train', 'images'], "error OPTION_INVALID: required option '--out <run>' not specified"],
    [['serve', 'm', '--port', '99999'], 'Give a port from 0 to 65535.'],
  ])('says what is wrong with %j, and where to look', async (args, message) => {
    const { code, stdout, stderr } = await isometryHere(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/hint: `isometry.* --help` shows how\./);
  });
});
