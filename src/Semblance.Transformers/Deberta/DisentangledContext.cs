using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Deberta;

/// <summary>Represents the state that DeBERTa's layers share, with the embeddings of distances.</summary>
internal sealed record DisentangledContext : AttentionContext
{
    public DisentangledContext(AttentionContext shared)
        : base(shared)
    {
    }

    /// <summary>Gets the embeddings of the batch's distances; <see langword="null"/> if there is no relative attention.</summary>
    public required RelativeRows? Relative { get; init; }
}
