#!/usr/bin/env node
// Not dist/bin.js itself: npm links commands while it installs, and a checkout is built after that.
await import('../dist/bin.js');
