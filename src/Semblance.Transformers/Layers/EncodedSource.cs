using Semblance.Tensors;

namespace Semblance.Transformers.Layers;

/// <summary>Represents the states of an encoder that the layers of a decoder attend to. Not thread-safe if it keeps projections.</summary>
/// <param name="batch">The offsets of each sequence's states.</param>
/// <param name="states"><c>[encoder tokens × hidden]</c>.</param>
/// <param name="keepsProjections">
/// <see langword="true"/> to compute the keys and values of each layer once and keep them for the steps of a generation.
/// <see langword="false"/> by default.
/// </param>
public sealed class EncodedSource(PackedBatch batch, Tensor states, bool keepsProjections = false)
{
    private readonly Dictionary<TransformerLayer, (Tensor Key, Tensor Value)>? _kept = keepsProjections ? [] : null;

    /// <summary>Gets the offsets of each sequence's states.</summary>
    public PackedBatch Batch { get; } = batch;

    /// <summary>Gets the states, <c>[encoder tokens × hidden]</c>.</summary>
    public Tensor States { get; } = states;

    /// <summary>Returns the keys and values that a layer computes from the states; the caller disposes them.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="project">Computes the keys and values from the states.</param>
    public (Tensor Key, Tensor Value) Project(TransformerLayer layer, Func<Tensor, (Tensor Key, Tensor Value)> project)
    {
        ArgumentNullException.ThrowIfNull(project);
        if (_kept is null)
        {
            return project(States);
        }

        if (!_kept.TryGetValue(layer, out var kept))
        {
            var (key, value) = project(States);
            using (key)
            using (value)
            {
                // Copies outlive the computation.
                _kept[layer] = kept = (Tensor.From(key.Values, key.Shape), Tensor.From(value.Values, value.Shape));
            }
        }

        return kept;
    }
}
