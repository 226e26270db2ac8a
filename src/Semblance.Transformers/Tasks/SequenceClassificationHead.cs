using Semblance.Tensors;

namespace Semblance.Transformers.Tasks;

/// <summary>Represents a linear layer over the first token, after the body's pooler or a dense layer of the head.</summary>
/// <param name="body">The body, whose pooler is used if the head has no dense layer.</param>
/// <param name="classifier">The last layer, from hidden states to labels.</param>
/// <param name="dense">The dense layer over the first token, or <see langword="null"/>.</param>
/// <param name="activation">The activation of <paramref name="dense"/>.</param>
public sealed class SequenceClassificationHead(
    Transformer body, Linear classifier, Linear? dense = null, Activation activation = Activation.Tanh) : TaskHead
{
    /// <returns><c>[sequences × labels]</c>.</returns>
    /// <inheritdoc/>
    public override Tensor Forward(Computation run, Tensor hidden, PackedBatch batch)
    {
        using var pooled = dense is null ? body.Pool(run, hidden, batch)! : First(run, hidden, batch, dense); // [sequences × hidden]
        return run.Linear(pooled, classifier);
    }

    private Tensor First(Computation run, Tensor hidden, PackedBatch batch, Linear layer)
    {
        using var first = run.Pool(hidden, batch, [Pooling.Cls]);
        return run.Linear(first, layer, activation);
    }
}
