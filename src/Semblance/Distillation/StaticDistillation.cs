using System.Text.RegularExpressions;
using Semblance.Modules;
using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Distillation;

/// <summary>Distills static embeddings from a transformer, as Model2Vec does (Tulkens and van Dongen 2024).</summary>
internal static class StaticDistillation
{
    public static StaticEmbeddingModule Run(
        TransformerModule teacher, StaticDistillationOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Dimensions ?? 1, 1, nameof(options.Dimensions));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchTokens, 1, nameof(options.BatchTokens));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxThreads ?? 1, 1, nameof(options.MaxThreads));
        if (options.SifCoefficient is <= 0 or >= 1 or double.NaN)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.SifCoefficient,
                "The coefficient of the weights must lie between 0 and 1.");
        }

        var unused = options.Unused is null ? null : new Regex($@"\A(?:{options.Unused})", RegexOptions.CultureInvariant);
        var tokenizer = teacher.Tokenizer;
        int[] ids = [.. Enumerable.Range(0, tokenizer.VocabularySize)
            .Where(id => tokenizer.IdToToken(id) is { } token && unused?.IsMatch(token) != true)];
        if (ids.Length == 0)
        {
            throw new ArgumentException($"All {tokenizer.VocabularySize} tokens of the vocabulary match '{options.Unused}'; none is left.",
                nameof(options));
        }

        tokenizer.CheckJson(); // fails before the work, not after it
        var vectors = Encode(teacher, ids, options, progress, cancellationToken); // [tokens × hidden]
        if (Math.Min(options.Dimensions ?? int.MaxValue, vectors.Columns) is var dimensions
            && options.Dimensions is not null && dimensions < ids.Length)
        {
            vectors = PrincipalComponents.Fit(vectors, dimensions, options.MaxThreads ?? int.MaxValue, cancellationToken)
                .Transform(vectors);
        }

        var table = Tensor.Zeros(tokenizer.VocabularySize, vectors.Columns);
        var probabilities = Zipf(ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            var weight = options.SifCoefficient is { } a ? a / (a + probabilities[i]) : 1;
            TensorPrimitives.Multiply(vectors.Row(i), (float)weight, table.Writable.Slice(ids[i] * table.Columns, table.Columns));
        }

        // the maximum length was that of the transformer
        return new StaticEmbeddingModule(tokenizer.WithoutTruncation(), table, null, null, isModel2Vec: true, null);
    }

    // Encodes each token alone, between the special tokens that the tokenizer adds around a text, and returns the mean of all of them.
    private static Tensor Encode(TransformerModule teacher, int[] ids, StaticDistillationOptions options,
        IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var framed = teacher.Tokenizer.Encode("a");
        var (all, isText) = (framed.Ids.ToArray(), Array.ConvertAll(framed.SpecialTokensMask.ToArray(), mask => mask == 0));
        var (before, after) = (all[..Array.IndexOf(isText, true)], all[(Array.LastIndexOf(isText, true) + 1)..]);
        var vectors = Tensor.Zeros(ids.Length, teacher.Transformer.HiddenSize);
        var size = Math.Max(1, options.BatchTokens / (before.Length + 1 + after.Length));
        var batches = (ids.Length + size - 1) / size;
        var maxThreads = Math.Min(options.MaxThreads ?? int.MaxValue, Workers.Shared.Count);
        var done = 0;
        Workers.Shared.For(batches, maxThreads, i =>
        {
            var tokens = ids.AsSpan(i * size, Math.Min(size, ids.Length - (i * size))).ToArray();
            var batch = PackedBatch.From([.. tokens.Select(id => (int[])[.. before, id, .. after])]);
            using var run = new Computation(maxThreads, cancellationToken: cancellationToken);
            var pooled = run.Pool(teacher.Transformer.Forward(run, batch), batch, [Pooling.Mean]);
            pooled.Values.CopyTo(vectors.Writable[(i * size * vectors.Columns)..]);
            progress?.Report((double)Interlocked.Increment(ref done) / batches);
        }, cancellationToken);
        return vectors;
    }

    // Returns the probability of each token, ordered by rank; the first rank is 2, as in Model2Vec.
    private static double[] Zipf(int count)
    {
        var shares = Enumerable.Range(2, count).Select(rank => 1.0 / rank).ToArray();
        var sum = shares.Sum();
        return Array.ConvertAll(shares, share => share / sum);
    }
}
