using Semblance.Tensors;

namespace Semblance.Transformers.Tasks;

/// <summary>
/// Represents ELECTRA's discriminator (Clark et al. 2020, arXiv:2003.10555): the score of a token is above 0 if it replaced another.
/// </summary>
internal sealed class ReplacedTokenDetectionHead(Linear dense, Activation activation, Linear prediction) : TaskHead
{
    /// <returns><c>[tokens × 1]</c>.</returns>
    /// <inheritdoc/>
    public override Tensor Forward(Computation run, Tensor hidden, PackedBatch batch)
    {
        using var inner = run.Linear(hidden, dense, activation); // [tokens × hidden]
        return run.Linear(inner, prediction);
    }
}
