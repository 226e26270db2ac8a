// Calls the server at the given address with the clients of other projects, as they are, and prints one JSON object.
import { InferenceClient } from '@huggingface/inference';
import { OpenAIEmbeddings } from '@langchain/openai';
import { OpenAIEmbedding } from '@llamaindex/openai';
import { CohereClientV2 } from 'cohere-ai';
import { Ollama } from 'ollama';
import OpenAI, { NotFoundError } from 'openai';

const url = process.argv[2];
const texts = ['a dog runs', 'the cat sleeps on the sofa'];
const results = {};

const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none' });
const byDefault = await openai.embeddings.create({ model: 'dense', input: texts });
const floats = await openai.embeddings.create({ model: 'dense', input: texts, encoding_format: 'float' });
results.openai = byDefault.data.map(item => item.embedding);
results.openaiFloats = floats.data.map(item => item.embedding);
results.openaiTokens = byDefault.usage.prompt_tokens;
results.openaiModels = (await openai.models.list()).data.map(model => model.id);
results.openaiError = await openai.embeddings.create({ model: 'none', input: 'a' }).then(
  () => 'none', error => error instanceof NotFoundError ? error.code : `${error}`);

const langChain = new OpenAIEmbeddings({ model: 'dense', apiKey: 'none', configuration: { baseURL: `${url}/v1` } });
results.langChain = await langChain.embedDocuments(texts);
results.langChainQuery = await langChain.embedQuery(texts[0]);

const llamaIndex = new OpenAIEmbedding({ model: 'dense', apiKey: 'none', baseURL: `${url}/v1` });
results.llamaIndex = await llamaIndex.getTextEmbeddings(texts);

const huggingFace = new InferenceClient('none', { endpointUrl: url });
results.huggingFace = await huggingFace.featureExtraction({ inputs: texts });
results.huggingFaceSimilarity = await huggingFace.sentenceSimilarity({ inputs: { source_sentence: texts[0], sentences: texts } });

const cohere = new CohereClientV2({ token: 'none', environment: url });
const embedded = await cohere.embed({ model: 'dense', inputType: 'search_document', texts, embeddingTypes: ['float', 'int8'] });
results.cohere = embedded.embeddings.float;
results.cohereBytes = embedded.embeddings.int8;
const ranked = await cohere.rerank({ model: 'cross', query: 'dog', documents: texts, topN: 2 });
results.cohereRanking = ranked.results.map(result => [result.index, result.relevanceScore]);

const ollama = new Ollama({ host: url });
results.ollama = (await ollama.embed({ model: 'dense', input: texts })).embeddings;
results.ollamaOld = (await ollama.embeddings({ model: 'dense', prompt: texts[0] })).embedding;
results.ollamaModels = (await ollama.list()).models.map(model => model.name);
results.ollamaDigest = (await ollama.show({ model: 'dense' })).details.format;

console.log(JSON.stringify(results));
