// The reference's part of compare-tokenize.py: the Rust tokenizers behind Python's, in Node; a batch at once, on one thread.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const { Tokenizer } = createRequire(`${process.env.NODE_PACKAGES}/node_modules/`)("tokenizers");
const tokenizer = Tokenizer.fromFile(process.argv[2] + "/tokenizer.json");
tokenizer.disableTruncation();
tokenizer.disablePadding();
const texts = JSON.parse(readFileSync(process.argv[3], "utf8"));
for await (const _ of createInterface({ input: process.stdin })) {
  const start = performance.now();
  const encodings = await tokenizer.encodeBatch(texts);
  const seconds = (performance.now() - start) / 1000;
  let [tokens, sum] = [0, 0];
  for (const encoding of encodings) {
    const ids = encoding.getIds(); // not timed: copying them out is Node's affair
    tokens += ids.length;
    for (const id of ids) sum += id;
  }
  console.log(`${seconds} ${tokens} ${sum}`);
}
