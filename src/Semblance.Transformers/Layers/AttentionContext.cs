using Semblance.Tensors;

namespace Semblance.Transformers.Layers;

/// <summary>What the layers of a transformer share while they run over a batch.</summary>
/// <param name="Batch">The tokens.</param>
/// <param name="IsCausal">Whether a token attends only to itself and what precedes it.</param>
public record AttentionContext(PackedBatch Batch, bool IsCausal = false)
{
    private AttentionMask? _mask;

    /// <summary>Gets which keys of the batch a query attends to.</summary>
    public AttentionMask Mask => _mask ??= new AttentionMask(Batch, causal: IsCausal);

    /// <summary>Gets what all layers add to the attention scores, or null.</summary>
    public AttentionBias? Bias { get; init; }

    /// <summary>Gets the states of an encoder for cross-attention, or null.</summary>
    public EncodedSource? Source { get; init; }

    /// <summary>Gets which states of <see cref="Source"/> a query attends to, or null where there is no source.</summary>
    public AttentionMask? SourceMask { get; init; }
}
