using Semblance.Tensors;

namespace Semblance.Transformers.Tasks;

/// <summary>The next words of a causal model: one linear layer from the hidden states to the vocabulary.</summary>
/// <param name="decoder">The layer, which often shares the body's word table.</param>
internal sealed class WordPredictionHead(Linear decoder) : VocabularyHead
{
    /// <inheritdoc/>
    public override Linear Decoder { get; } = decoder;

    /// <returns>The hidden states themselves.</returns>
    /// <inheritdoc/>
    public override Tensor Transform(Computation run, Tensor hidden) => hidden;
}
