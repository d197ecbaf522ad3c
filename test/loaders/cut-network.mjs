// Loaded before a program that must not need a network: whoever asks for one ends it.
import { Socket } from 'node:net';
import process from 'node:process';

const refuse = (what) => () => {
  process.stderr.write(`The network was asked for, by ${what}\n`);
  process.exit(70);
};
globalThis.fetch = refuse('fetch');
Socket.prototype.connect = refuse('a socket');
