// ONNX Runtime's part of compare.py: the graph of onnx-export.py, over batches padded beforehand.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [folder, threads, packages] = process.argv.slice(2);
const { InferenceSession, Tensor } = createRequire(`${packages}/`)("onnxruntime-node");
const { hidden_size: width, pad_token_id: pad } = JSON.parse(readFileSync(`${folder}/model/config.json`));
const session = await InferenceSession.create(`${folder}/model.onnx`, {
  executionProviders: ["cpu"],
  graphOptimizationLevel: "all",
  intraOpNumThreads: Number(threads),
  interOpNumThreads: 1,
});

const batches = JSON.parse(readFileSync(`${folder}/batches.json`)).map(({ rows, ids }) => {
  const shape = [ids.length, ids[0].length];
  const flat = ids.flat();
  const tensor = (values) => new Tensor("int32", Int32Array.from(values), shape);
  return { rows, feeds: { ids: tensor(flat), mask: tensor(flat.map((id) => (id === pad ? 0 : 1))) } };
});
const vectors = new Float32Array(width * batches.reduce((count, { rows }) => count + rows.length, 0));

async function run() {
  const start = performance.now();
  for (const { rows, feeds } of batches) {
    const { data } = (await session.run(feeds)).vectors;
    rows.forEach((row, i) => vectors.set(data.subarray(i * width, (i + 1) * width), row * width));
  }
  return (performance.now() - start) / 1e3;
}

const first = await run();
writeFileSync(`${folder}/ort.f32`, vectors);
console.log(first);
for await (const _ of createInterface({ input: process.stdin })) {
  console.log(await run());
}
