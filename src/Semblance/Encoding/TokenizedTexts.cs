using Semblance.Modules;
using Semblance.Tensors;

namespace Semblance;

/// <summary>Represents the token ids of several texts and divides them into batches.</summary>
internal sealed class TokenizedTexts
{
    // The number of texts that one thread tokenizes at a time.
    private const int ChunkSize = 64;

    private readonly TokenizedText[] _texts;

    private TokenizedTexts(int count) => _texts = new TokenizedText[count];

    public TokenizedText this[int index] => _texts[index];

    public int Count => _texts.Length;

    public int[] TokenCounts => [.. _texts.Select(text => text.Ids.Length)];

    public bool[] Truncated => [.. _texts.Select(text => text.IsTruncated)];

    /// <summary>Takes texts that a caller has tokenized, after checking that the module can encode them.</summary>
    /// <exception cref="ArgumentException">A token id is not in the vocabulary, or a text is too long.</exception>
    public static TokenizedTexts Of(IReadOnlyList<TokenizedText> texts, InputModule module, TextOptions options)
    {
        var result = new TokenizedTexts(texts.Count);
        for (var i = 0; i < texts.Count; i++)
        {
            var ids = texts[i].Ids ?? throw new ArgumentException($"Text {i} has no token ids.", nameof(texts));
            if (ids.Length > module.MaxSequenceLength)
            {
                throw new ArgumentException(
                    $"Text {i} has {ids.Length} tokens, and the model takes at most {module.MaxSequenceLength}; tokenize it with the model.",
                    nameof(texts));
            }

            if (Array.FindIndex(ids, id => (uint)id >= (uint)module.VocabularySize) is >= 0 and var wrong)
            {
                throw new ArgumentException(
                    $"Text {i} has the token id {ids[wrong]}, and the vocabulary of the model has {module.VocabularySize} ids from 0.",
                    nameof(texts));
            }

            result._texts[i] = texts[i];
        }

        options.Counter?.Add(result.TokenCounts, result.Truncated, module.MaxSequenceLength);
        return result;
    }

    /// <summary>Tokenizes all texts, each with the prompt before it, in parallel.</summary>
    public static TokenizedTexts From(
        InputModule module, IReadOnlyList<string> texts, string prompt, TextOptions options, CancellationToken cancellationToken) =>
        From(texts.Count, i => module.Tokenize(prompt + (texts[i] ?? throw new ArgumentException($"Text {i} is null.", nameof(texts)))),
            module.MaxSequenceLength, options, cancellationToken, i => module.CountTokens(prompt + texts[i]));

    /// <summary>Tokenizes texts, or pairs, in parallel.</summary>
    /// <param name="count">The number of texts.</param>
    /// <param name="tokenize">Returns the tokens of the text at an index.</param>
    /// <param name="limit">The maximum sequence length in tokens, for messages.</param>
    /// <param name="options">The treatment of texts that are longer, and the maximum number of threads.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <param name="measure">Returns the number of tokens of a text that is too long; null if it is not known.</param>
    /// <exception cref="TextTooLongException">A text is too long, and <see cref="Truncation.Error"/> is set.</exception>
    public static TokenizedTexts From(
        int count, Func<int, TokenizedText> tokenize, int limit, TextOptions options, CancellationToken cancellationToken,
        Func<int, int?>? measure = null)
    {
        var result = new TokenizedTexts(count);
        var chunks = (count + ChunkSize - 1) / ChunkSize;
        Workers.Shared.For(chunks, options.WorkerCount, chunk =>
        {
            for (var i = chunk * ChunkSize; i < Math.Min(count, (chunk + 1) * ChunkSize); i++)
            {
                result._texts[i] = tokenize(i);
            }
        }, cancellationToken);
        if (options.Truncation == Truncation.Error
            && Array.FindIndex(result._texts, text => text.IsTruncated) is >= 0 and var first)
        {
            throw new TextTooLongException(first, limit, measure?.Invoke(first));
        }

        options.Counter?.Add(result.TokenCounts, result.Truncated, limit);
        return result;
    }

    /// <summary>Runs all batches, each on one thread, the longest texts first.</summary>
    /// <param name="options">The number of tokens of a batch, and the maximum number of threads.</param>
    /// <param name="compute">The compute type of the model.</param>
    /// <param name="progress">Receives progress after each batch.</param>
    /// <param name="work">Processes a batch; it receives a computation, the batch, and the indices of its texts.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public void ForEachBatch(TextOptions options, ComputeType compute, IProgress<EncodeProgress>? progress,
        Action<Computation, PackedBatch, int[]> work, CancellationToken cancellationToken)
    {
        var maxThreads = options.WorkerCount;
        var batches = Batches(options.BatchTokens, maxThreads);
        var done = 0;
        Workers.Shared.For(batches.Count, maxThreads, i =>
        {
            using var run = new Computation(maxThreads, compute: compute, cancellationToken: cancellationToken)
            {
                Wrappers = options.Adapter?.Wrappers,
            };
            work(run, Pack(batches[i]), batches[i]);
            progress?.Report(new EncodeProgress(Interlocked.Add(ref done, batches[i].Length), Count));
        }, cancellationToken);
    }

    /// <summary>Returns all texts in one batch, in their order.</summary>
    public PackedBatch Pack() => Pack([.. Enumerable.Range(0, Count)]);

    // Batches of about this many tokens, the longest texts first: the last batches are small, so no thread waits long for another.
    private List<int[]> Batches(int tokens, int maxThreads)
    {
        // Few texts are divided among all threads, unless the batches would be too small to be worth it.
        const int WorthSharing = 128;
        var total = _texts.Sum(text => (long)text.Ids.Length);
        tokens = (int)Math.Min(tokens, Math.Max(WorthSharing, (total + maxThreads - 1) / maxThreads));

        var order = Enumerable.Range(0, Count).ToArray();
        Array.Sort(order, (a, b) => Length(b) != Length(a) ? Length(b).CompareTo(Length(a)) : a.CompareTo(b));
        var batches = new List<int[]>();
        for (int start = 0, end; start < order.Length; start = end)
        {
            var sum = Length(order[start]);
            for (end = start + 1; end < order.Length && sum + Length(order[end]) <= tokens; end++)
            {
                sum += Length(order[end]);
            }

            batches.Add(order[start..end]);
        }

        return batches;
    }

    // The texts of one batch, concatenated.
    private PackedBatch Pack(int[] texts)
    {
        var offsets = new int[texts.Length + 1];
        for (var i = 0; i < texts.Length; i++)
        {
            offsets[i + 1] = offsets[i] + Length(texts[i]);
        }

        var (ids, typeIds) = (new int[offsets[^1]], new int[offsets[^1]]);
        for (var i = 0; i < texts.Length; i++)
        {
            _texts[texts[i]].Ids.CopyTo(ids, offsets[i]);
            _texts[texts[i]].TypeIds?.CopyTo(typeIds, offsets[i]);
        }

        var attended = Array.Exists(texts, text => _texts[text].Attended is not null)
            ? Array.ConvertAll(texts, text => _texts[text].Attended ?? Length(text))
            : null;
        return new PackedBatch(ids, typeIds, offsets, allowEmpty: true, attended);
    }

    private int Length(int text) => _texts[text].Ids.Length;
}
