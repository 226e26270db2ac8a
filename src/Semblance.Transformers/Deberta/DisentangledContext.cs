using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Deberta;

/// <summary>What DeBERTa's layers share: the vectors of distances too.</summary>
internal sealed record DisentangledContext : AttentionContext
{
    public DisentangledContext(AttentionContext shared)
        : base(shared)
    {
    }

    /// <summary>The vectors of the distances that the batch has; null where there is no relative attention.</summary>
    public required RelativeRows? Relative { get; init; }
}
