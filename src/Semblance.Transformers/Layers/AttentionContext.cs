using Semblance.Tensors;

namespace Semblance.Transformers.Layers;

/// <summary>Represents the state that the layers of a transformer share for a batch.</summary>
/// <param name="Batch">The tokens.</param>
/// <param name="IsCausal">
/// <see langword="true"/> if a token attends only to itself and the tokens before it. <see langword="false"/> by default.
/// </param>
public record AttentionContext(PackedBatch Batch, bool IsCausal = false)
{
    private AttentionMask? _mask;

    /// <summary>Gets the mask of the keys that the queries of the batch attend to.</summary>
    public AttentionMask Mask => _mask ??= new AttentionMask(Batch, causal: IsCausal);

    /// <summary>Gets the bias of the attention scores in all layers, or <see langword="null"/>.</summary>
    public AttentionBias? Bias { get; init; }

    /// <summary>Gets the keys and values of prefix tuning in the layer, or <see langword="null"/>.</summary>
    internal AttentionPrefix? Prefix { get; init; }

    /// <summary>Gets the states of an encoder for cross-attention, or <see langword="null"/>.</summary>
    public EncodedSource? Source { get; init; }

    /// <summary>
    /// Gets the mask of the states of <see cref="Source"/> that the queries attend to; <see langword="null"/> without a source.
    /// </summary>
    public AttentionMask? SourceMask { get; init; }
}
