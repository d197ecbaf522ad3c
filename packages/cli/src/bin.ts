import { createProcessTerminal } from './process-terminal.ts';
import { runIsometry } from './run-isometry.ts';

process.exitCode = await runIsometry(process.argv.slice(2), createProcessTerminal());
