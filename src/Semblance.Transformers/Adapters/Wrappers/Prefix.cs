using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Adapters;

/// <summary>
/// Represents the keys and values that prefix tuning puts before those of each sequence: for each virtual token, the keys and the values
/// of all layers in turn. With a network, they are its outputs, of two layers with tanh between them, while they are trained.
/// </summary>
internal sealed class Prefix : PromptEncoder
{
    private readonly int _width;

    public Prefix(PrefixConfig config, Random random)
        : base(
            Random(
                random, Normal, config.VirtualTokens,
                config.EncoderSize is null ? Outputs(config) : config.Sizes.Width),
            random, Activation.Tanh, config.EncoderSize is { } size ? [size, Outputs(config)] : [], "prompt_encoder.transform") =>
        _width = config.Sizes.Width;

    /// <summary>Returns the batch with the positions of its tokens after those of the virtual tokens.</summary>
    public override PackedBatch Extend(PackedBatch batch)
    {
        RefuseCaches(batch);
        return batch.StartingAt(Count);
    }

    public override Tensor Embed(Computation run, int[] rows, Func<int[], Tensor> table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return table(rows);
    }

    /// <summary>Computes the keys and values of each layer for a batch.</summary>
    public IReadOnlyList<AttentionPrefix> Layers(Computation run, PackedBatch batch)
    {
        var vectors = Vectors(run); // [tokens × layers · 2 · width]
        var keys = new int[batch.Count + 1];
        for (var i = 0; i < batch.Count; i++)
        {
            keys[i + 1] = keys[i] + Count + batch.Length(i);
        }

        var attended = new int[batch.Count];
        var order = new int[keys[^1]]; // from the prefix and the rows of the batch below it
        for (var i = 0; i < batch.Count; i++)
        {
            attended[i] = Count + batch.Attended(i);
            for (var key = keys[i]; key < keys[i + 1]; key++)
            {
                var place = key - keys[i];
                order[key] = place < Count ? place : batch.Offsets[i] + place;
            }
        }

        var mask = new AttentionMask(batch, new PackedBatch(new int[keys[^1]], new int[keys[^1]], keys, attended: attended));
        return
        [
            .. Enumerable.Range(0, vectors.Columns / (2 * _width)).Select(layer => new AttentionPrefix(
                run.Columns(vectors, 2 * layer * _width, _width), run.Columns(vectors, ((2 * layer) + 1) * _width, _width), order, mask)),
        ];
    }

    public override string ToString() => "a prefix of keys and values";

    private static int Outputs(PrefixConfig config) => config.Sizes.Layers * 2 * config.Sizes.Width;
}
