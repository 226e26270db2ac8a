using Semblance.Tensors;

namespace Semblance.Transformers.Tasks;

/// <summary>Represents a head of one linear layer from the hidden states to the vocabulary, as in causal models.</summary>
/// <param name="decoder">The layer, which often shares the body's table of word embeddings.</param>
public sealed class WordPredictionHead(Linear decoder) : VocabularyHead
{
    /// <inheritdoc/>
    public override Linear Decoder { get; } = decoder;

    /// <returns>The hidden states themselves.</returns>
    /// <inheritdoc/>
    public override Tensor Transform(Computation run, Tensor hidden) => hidden;
}
