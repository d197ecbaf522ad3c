import { describe, expect, it } from 'vitest';
import { createProgressPrinter } from './progress-printer.ts';

function printTo(redraws: boolean, columns = 80) {
  const written: string[] = [];
  let time = 0;
  const printer = createProgressPrinter(
    { err: (text) => written.push(text), redraws, columns },
    () => time,
  );
  return { ...printer, written, pass: (ms: number) => void (time += ms) };
}

describe('createProgressPrinter', () => {
  it('writes plain lines to a log: a stage’s first, its last, and one every five seconds', () => {
    const log = printTo(false);
    for (let done = 1; done <= 100; done += 1) {
      log.report({ stage: 'read', done, total: 100 });
      log.pass(110);
    }
    log.finish();
    expect(log.written).toEqual([
      'read: 1/100\n',
      'read: 47/100\n',
      'read: 93/100\n',
      'read: 100/100\n',
    ]);
  });

  it('redraws one line on a terminal, ten times a second at most, and ends it', () => {
    const terminal = printTo(true);
    terminal.report({ stage: 'read', done: 0, total: 2 });
    terminal.report({ stage: 'read', done: 1, total: 2 });
    terminal.pass(100);
    terminal.report({ stage: 'read', done: 1, total: 2, message: 'half' });
    terminal.report({ stage: 'train', done: 3 });
    terminal.finish();
    expect(terminal.written).toEqual([
      '\r\u001B[2Kread  [------------------------] 0/2',
      '\r\u001B[2Kread  [############------------] 1/2  half',
      '\n',
      '\r\u001B[2Ktrain  3',
      '\n',
    ]);
  });

  it('cuts a line that would wrap', () => {
    const narrow = printTo(true, 10);
    narrow.report({ stage: 'a-long-stage', done: 0, total: 2 });
    expect(narrow.written).toEqual(['\r\u001B[2Ka-long-st']);
  });
});
