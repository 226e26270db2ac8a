using Semblance.Tensors;

namespace Semblance.Transformers.Tasks;

/// <summary>Represents a linear layer over each token.</summary>
/// <param name="classifier">The layer, from hidden states to labels.</param>
public sealed class TokenClassificationHead(Linear classifier) : TaskHead
{
    /// <returns><c>[tokens × labels]</c>.</returns>
    /// <inheritdoc/>
    public override Tensor Forward(Computation run, Tensor hidden, PackedBatch batch) => run.Linear(hidden, classifier);
}
