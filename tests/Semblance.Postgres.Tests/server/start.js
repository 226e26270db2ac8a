// PostgreSQL with pgvector on a port of this machine, in memory: node start.js PORT. Prints "ready"; ends when its standard input does.
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

process.stdin.on('end', () => process.exit(0)).resume();
const db = await PGlite.create({ extensions: { vector } });
await new PGLiteSocketServer({ db, host: '127.0.0.1', port: Number(process.argv[2]), maxConnections: 64 }).start();
console.log('ready');
