using Semblance.Tensors;

namespace Semblance.Transformers.Tasks;

/// <summary>One linear layer over what the body's pooler makes of the first token.</summary>
internal sealed class SequenceClassificationHead(Transformer body, Linear classifier) : TaskHead
{
    /// <returns><c>[sequences × labels]</c>.</returns>
    /// <inheritdoc/>
    public override Tensor Forward(Computation run, Tensor hidden, PackedBatch batch)
    {
        using var pooled = body.Pool(run, hidden, batch)!; // [sequences × hidden]
        return run.Linear(pooled, classifier);
    }
}
