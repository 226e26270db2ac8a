using Semblance.Tensors;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.ModernBert;

/// <summary>Represents ModernBERT's masked language model head.</summary>
/// <param name="head">The head before the last layer.</param>
/// <param name="decoder">The last layer.</param>
internal sealed class ModernBertWordHead(ModernBertHead head, Linear decoder) : VocabularyHead
{
    /// <inheritdoc/>
    public override Linear Decoder { get; } = decoder;

    /// <inheritdoc/>
    public override Tensor Transform(Computation run, Tensor hidden) => head.Forward(run, hidden);
}
