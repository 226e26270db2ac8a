using Semblance.Tensors;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.ModernBert;

/// <summary>ModernBERT's classes of tokens, or, where they are pooled, of whole texts.</summary>
/// <param name="head">What stands before the last layer.</param>
/// <param name="classifier">The last layer.</param>
/// <param name="pooling">How the tokens of a text become one; null for a class of each token.</param>
internal sealed class ModernBertClassificationHead(ModernBertHead head, Linear classifier, Pooling? pooling = null) : TaskHead
{
    /// <returns><c>[tokens × labels]</c> or <c>[sequences × labels]</c>.</returns>
    /// <inheritdoc/>
    public override Tensor Forward(Computation run, Tensor hidden, PackedBatch batch)
    {
        var x = pooling is { } mode ? run.Pool(hidden, batch, [mode]) : hidden;
        using var ready = head.Forward(run, x);
        return run.Linear(ready, classifier);
    }
}
