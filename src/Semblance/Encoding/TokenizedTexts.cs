using Semblance.Modules;
using Semblance.Tensors;

namespace Semblance;

/// <summary>The token ids of several texts, and how they divide into batches.</summary>
internal sealed class TokenizedTexts
{
    // Texts that one thread tokenizes before it looks for more.
    private const int ChunkSize = 64;

    private readonly int[][] _ids;
    private readonly int[]?[] _typeIds;

    private TokenizedTexts(int count)
    {
        _ids = new int[count][];
        _typeIds = new int[count][];
        Truncated = new bool[count];
    }

    public int Count => _ids.Length;

    public int[] TokenCounts => [.. _ids.Select(ids => ids.Length)];

    public bool[] Truncated { get; }

    /// <summary>Tokenizes all texts, in parallel.</summary>
    public static TokenizedTexts From(InputModule module, IReadOnlyList<string> texts, string prompt, EncodeOptions options, int threads, CancellationToken cancellation)
    {
        var result = new TokenizedTexts(texts.Count);
        var chunks = (texts.Count + ChunkSize - 1) / ChunkSize;
        Workers.Shared.For(chunks, threads, chunk =>
        {
            for (var i = chunk * ChunkSize; i < Math.Min(texts.Count, (chunk + 1) * ChunkSize); i++)
            {
                var text = texts[i] ?? throw new ArgumentException($"Text {i} is null.", nameof(texts));
                var tokenized = module.Tokenize(prompt.Length == 0 ? text : prompt + text);
                if (tokenized.IsTruncated && options.Truncation == Truncation.Error)
                {
                    throw new TextTooLongException(i, module.MaxSequenceLength);
                }

                (result._ids[i], result._typeIds[i], result.Truncated[i]) = (tokenized.Ids, tokenized.TypeIds, tokenized.IsTruncated);
            }
        }, cancellation);
        return result;
    }

    /// <summary>
    /// Divides the texts into batches of about so many tokens, the longest texts first, so that the last batches are
    /// small pieces of work and no thread waits long for another.
    /// </summary>
    /// <returns>The texts of each batch.</returns>
    public List<int[]> Batches(int tokens, int threads)
    {
        // Few texts are still enough for every thread, unless the shares would be too small to matter.
        const int WorthSharing = 128;
        var total = _ids.Sum(ids => (long)ids.Length);
        tokens = (int)Math.Min(tokens, Math.Max(WorthSharing, (total + threads - 1) / threads));

        var order = Enumerable.Range(0, Count).ToArray();
        Array.Sort(order, (a, b) => _ids[b].Length != _ids[a].Length ? _ids[b].Length.CompareTo(_ids[a].Length) : a.CompareTo(b));
        var batches = new List<int[]>();
        for (int start = 0, end; start < order.Length; start = end)
        {
            var sum = _ids[order[start]].Length;
            for (end = start + 1; end < order.Length && sum + _ids[order[end]].Length <= tokens; end++)
            {
                sum += _ids[order[end]].Length;
            }

            batches.Add(order[start..end]);
        }

        return batches;
    }

    /// <summary>The texts of one batch laid end to end.</summary>
    public PackedBatch Pack(int[] texts)
    {
        var offsets = new int[texts.Length + 1];
        for (var i = 0; i < texts.Length; i++)
        {
            offsets[i + 1] = offsets[i] + _ids[texts[i]].Length;
        }

        var (ids, typeIds) = (new int[offsets[^1]], new int[offsets[^1]]);
        for (var i = 0; i < texts.Length; i++)
        {
            _ids[texts[i]].CopyTo(ids, offsets[i]);
            _typeIds[texts[i]]?.CopyTo(typeIds, offsets[i]);
        }

        return new PackedBatch(ids, typeIds, offsets, allowEmpty: true);
    }
}
