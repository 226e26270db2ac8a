using Semblance.Tensors;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.ModernBert;

/// <summary>Represents ModernBERT's classification of tokens or, with pooling, of sequences.</summary>
/// <param name="head">The head before the last layer.</param>
/// <param name="classifier">The last layer.</param>
/// <param name="pooling">The pooling mode of sequence classification; <see langword="null"/> for token classification.</param>
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
