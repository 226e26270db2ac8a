using Semblance.Modules;
using Semblance.Tensors;

namespace Semblance.Chunking;

/// <summary>Represents texts that are divided into chunks, and combines the vectors of the chunks into one for each text.</summary>
/// <param name="texts">The texts.</param>
/// <param name="chunks">The chunks of each text.</param>
internal sealed class ChunkedTexts(IReadOnlyList<string> texts, Chunk[][] chunks)
{
    // The number of chunks encoded at once for each thread; only their vectors are held beside the results.
    private const int WindowChunks = 1024;

    /// <summary>Divides all texts, in parallel.</summary>
    public static ChunkedTexts From(
        InputModule module, IReadOnlyList<string> texts, string prompt, EncodeOptions options, CancellationToken cancellationToken)
    {
        var chunks = new Chunk[texts.Count][];
        Workers.Shared.For(texts.Count, options.WorkerCount, i =>
        {
            var text = texts[i] ?? throw new ArgumentException($"Text {i} is null.", nameof(texts));
            chunks[i] = [.. Chunker.Divide(module, text, prompt, options, cancellationToken)];
        }, cancellationToken);
        return new ChunkedTexts(texts, chunks);
    }

    /// <summary>Encodes the chunks of one text in bounded memory.</summary>
    public static IEnumerable<ChunkEmbedding> Encode(string text, IEnumerable<Chunk> chunks, Func<IReadOnlyList<string>, Embeddings> encode)
    {
        foreach (var window in chunks.Chunk(WindowChunks * Workers.Shared.Count))
        {
            var embeddings = encode([.. window.Select(chunk => chunk.Of(text).ToString())]);
            for (var i = 0; i < window.Length; i++)
            {
                yield return new ChunkEmbedding(window[i], embeddings[i].ToArray());
            }
        }
    }

    /// <summary>
    /// Encodes the chunks and combines the vectors of each text into one. A text of one chunk keeps its vector unchanged.
    /// </summary>
    /// <param name="encode">Encodes some chunks.</param>
    /// <param name="pooling">The method that combines vectors.</param>
    /// <param name="normalize">
    /// <see langword="true"/> to normalize combined vectors to length 1; otherwise, <see langword="false"/>.
    /// </param>
    /// <param name="vectors">Receives the vectors, <c>[texts × dimension]</c>.</param>
    /// <param name="progress">Receives progress, in texts, after some chunks.</param>
    public Embeddings Encode(Func<IReadOnlyList<string>, Embeddings> encode, ChunkPooling pooling,
        bool normalize, Tensor vectors, IProgress<EncodeProgress>? progress)
    {
        var (tokens, truncated) = (new int[texts.Count], new bool[texts.Count]);
        var sum = new double[vectors.Columns];
        long weight = 0;
        foreach (var window in Entries().Chunk(WindowChunks * Workers.Shared.Count))
        {
            var embeddings = encode([.. window.Select(entry => chunks[entry.Text][entry.Chunk].Of(texts[entry.Text]).ToString())]);
            for (var i = 0; i < window.Length; i++)
            {
                var (text, chunk) = window[i];
                var row = vectors.Writable.Slice(text * vectors.Columns, vectors.Columns);
                tokens[text] = (int)Math.Min(int.MaxValue, (long)tokens[text] + embeddings.TokenCounts[i]);
                truncated[text] |= embeddings.Truncated[i];
                if (chunks[text].Length == 1)
                {
                    embeddings[i].CopyTo(row);
                    continue;
                }

                if (chunk == 0)
                {
                    weight = 0;
                    Array.Fill(sum, pooling == ChunkPooling.Max ? double.NegativeInfinity : 0);
                }

                weight += embeddings.TokenCounts[i];
                Add(embeddings[i], pooling, embeddings.TokenCounts[i], sum);
                if (chunk == chunks[text].Length - 1)
                {
                    Finish(sum, pooling == ChunkPooling.Max ? 1 : Math.Max(1, weight), normalize, row);
                }
            }

            var last = window[^1];
            progress?.Report(new EncodeProgress(last.Chunk == chunks[last.Text].Length - 1 ? last.Text + 1 : last.Text, texts.Count));
        }

        return new Embeddings(vectors, tokens, truncated);
    }

    private IEnumerable<(int Text, int Chunk)> Entries()
    {
        for (var text = 0; text < chunks.Length; text++)
        {
            for (var chunk = 0; chunk < chunks[text].Length; chunk++)
            {
                yield return (text, chunk);
            }
        }
    }

    private static void Add(ReadOnlySpan<float> vector, ChunkPooling pooling, int tokens, double[] sum)
    {
        for (var i = 0; i < sum.Length; i++)
        {
            sum[i] = pooling == ChunkPooling.Max ? Math.Max(sum[i], vector[i]) : sum[i] + ((double)vector[i] * tokens);
        }
    }

    // Chunks are added in the order of the text, so that the same text has the same bits.
    private static void Finish(double[] sum, long weight, bool normalize, Span<float> row)
    {
        var squares = 0.0;
        foreach (var value in sum)
        {
            squares += value * value;
        }

        var divisor = normalize ? Math.Max(Math.Sqrt(squares), 1e-12) : weight;
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = (float)(sum[i] / divisor);
        }
    }
}
