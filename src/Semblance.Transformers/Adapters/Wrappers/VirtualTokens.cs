using Semblance.Tensors;

namespace Semblance.Transformers.Adapters;

/// <summary>
/// Represents the vectors of virtual tokens, whose ids follow those of the vocabulary. In P-tuning they are the outputs of a network of
/// three layers with ReLU between them while they are trained.
/// </summary>
internal sealed class VirtualTokens : PromptEncoder
{
    private readonly int _first;

    public VirtualTokens(EmbeddingTable words, PromptConfig config, Random random)
        : base(
            Initial(words, config, random), random, Activation.Relu,
            config.EncoderSize is { } size ? [size, size, words.Columns] : [], "prompt_encoder.mlp_head") => _first = words.Rows;

    /// <summary>Returns a batch with the virtual tokens before each sequence.</summary>
    public override PackedBatch Extend(PackedBatch batch)
    {
        RefuseCaches(batch);
        int[] added = [.. Enumerable.Range(_first, Count)];
        var (ids, types, attended) = (new List<int[]>(), new List<int[]>(), new int[batch.Count]);
        for (var i = 0; i < batch.Count; i++)
        {
            var (start, end) = (batch.Offsets[i], batch.Offsets[i + 1]);
            ids.Add([.. added, .. batch.TokenIds[start..end]]);
            types.Add([.. new int[added.Length], .. batch.TypeIds[start..end]]);
            attended[i] = added.Length + batch.Attended(i);
        }

        var all = PackedBatch.From(ids, types);
        return new PackedBatch(all.TokenIds.ToArray(), all.TypeIds.ToArray(), all.Offsets.ToArray(), attended: attended);
    }

    public override Tensor Embed(Computation run, int[] rows, Func<int[], Tensor> table)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(table);
        int[] real = [.. rows.Where(row => !IsVirtual(row))];
        using var words = table(real);
        if (real.Length == rows.Length)
        {
            return run.Rows(words, [.. Enumerable.Range(0, rows.Length)]);
        }

        var (order, next) = (new int[rows.Length], 0);
        for (var i = 0; i < rows.Length; i++)
        {
            order[i] = IsVirtual(rows[i]) ? real.Length + rows[i] - _first : next++;
        }

        var vectors = Vectors(run);
        using var all = run.ConcatenateRows([words, vectors]);
        return run.Rows(all, order);
    }

    public override string ToString() => "virtual tokens";

    private bool IsVirtual(int row) => row >= _first && row < _first + Count;

    private static Tensor Initial(EmbeddingTable words, PromptConfig config, Random random)
    {
        var (count, width) = (config.VirtualTokens, words.Columns);
        var vectors = Random(random, Normal, count, width);
        for (var i = 0; config is { SamplesVocabulary: true, EncoderSize: null } && i < count; i++)
        {
            words.Weight.CopyTo(random.Next(words.Rows) * width, vectors.Writable.Slice(i * width, width));
        }

        return vectors;
    }
}
