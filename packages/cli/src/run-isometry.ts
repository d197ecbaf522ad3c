import { Command, CommanderError } from 'commander';
import { classifyCommand } from './commands/classify.ts';
import { embedCommand } from './commands/embed.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { exportCommand } from './commands/export.ts';
import { inspectCommand } from './commands/inspect.ts';
import { pixelsCommand } from './commands/pixels.ts';
import { serveCommand } from './commands/serve.ts';
import { setupCommand } from './commands/setup.ts';
import { reproduceCommand } from './commands/reproduce.ts';
import { trainCommand } from './commands/train.ts';
import { weightsCommand } from './commands/weights.ts';
import { exitCodeOf, formatError } from './error-text.ts';
import { EXIT_CODES, EXIT_CODES_HELP } from './exit-codes.ts';
import { ownVersion } from './own-version.ts';
import type { CommandContext, Terminal } from './terminal.ts';

/** In the order in which a user meets them. */
const COMMANDS = [
  setupCommand,
  weightsCommand,
  trainCommand,
  exportCommand,
  evaluateCommand,
  inspectCommand,
  classifyCommand,
  embedCommand,
  pixelsCommand,
  serveCommand,
  reproduceCommand,
];

/**
 * Runs one `isometry` command line, without the program's name, and returns its exit code. Never
 * throws: what goes wrong is written to the terminal's stderr.
 */
export async function runIsometry(args: readonly string[], terminal: Terminal): Promise<number> {
  const context: CommandContext = { terminal, exitCode: EXIT_CODES.ok };
  try {
    await createProgram(context, await ownVersion()).parseAsync([...args], { from: 'user' });
    return context.exitCode;
  } catch (error) {
    // Commander has written its message or the help already.
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
    }
    terminal.err(formatError(error, terminal));
    return exitCodeOf(error);
  }
}

function createProgram(context: CommandContext, version: string): Command {
  const { terminal } = context;
  const program = new Command('isometry')
    .description('Train an image classifier, and get the same answer from it everywhere.')
    .version(version)
    .addHelpText(
      'after',
      `
${EXIT_CODES_HELP}

Start with:
  $ isometry setup train
  $ isometry train photos --out run
  $ isometry export run --out model.onnx
  $ isometry classify model.onnx photo.jpg`,
    );
  for (const create of COMMANDS) program.addCommand(create(context));
  for (const command of allCommands(program)) {
    command
      .exitOverride()
      .showHelpAfterError(`hint: \`${pathOf(command)} --help\` shows how.`)
      .configureOutput({
        writeOut: (text) => terminal.out(text),
        writeErr: (text) => terminal.err(text),
        outputError: (text, write) => {
          write(text.replace(/^error: /, 'error OPTION_INVALID: '));
        },
        getOutHelpWidth: () => terminal.columns,
        getErrHelpWidth: () => terminal.columns,
      });
  }
  return program;
}

function allCommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap((sub) => allCommands(sub))];
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
