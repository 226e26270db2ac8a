using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Tasks;

/// <summary>
/// Represents a masked language model head (Devlin et al. 2019, arXiv:1810.04805): an optional dense layer and layer norm, and a last layer
/// over the vocabulary, whose weight often is the body's table of word embeddings.
/// </summary>
/// <param name="own">The builder of the head.</param>
/// <param name="words">The weight of the last layer, <c>[vocabulary × width]</c>.</param>
/// <param name="bias">The bias of the last layer, <c>[vocabulary]</c>, or <see langword="null"/>.</param>
/// <param name="dense">The dense layer, from hidden states to the width of the last layer, or <see langword="null"/>.</param>
/// <param name="activation">The activation of the dense layer.</param>
/// <param name="norm">The norm after the dense layer, or <see langword="null"/>.</param>
public sealed class MaskedLanguageModelHead(
    ModelParameters own, Tensor words, Tensor? bias, Linear? dense = null, Activation activation = Activation.Identity,
    LayerNorm? norm = null) : VocabularyHead
{
    /// <inheritdoc/>
    public override Linear Decoder { get; } = new(words, own.Check() ? bias : null);

    /// <inheritdoc/>
    public override Tensor Transform(Computation run, Tensor hidden)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (dense is null)
        {
            return norm is null ? hidden : run.LayerNorm(hidden, norm);
        }

        var mixed = run.Linear(hidden, dense, activation);
        if (norm is null)
        {
            return mixed;
        }

        using (mixed)
        {
            return run.LayerNorm(mixed, norm);
        }
    }
}
