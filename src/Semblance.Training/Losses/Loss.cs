using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>A loss that is computed from sentence vectors, dense or sparse.</summary>
/// <remarks>
/// Whoever has texts, or recorded vectors, calls the same method. Where the computation records,
/// <see cref="Computation.Backward"/> from the result gives the gradients of the vectors and of what they were computed from.
/// </remarks>
public abstract class Loss : OutputLoss
{
    /// <inheritdoc/>
    public sealed override ModelOutputKind OutputKind => ModelOutputKind.SentenceEmbeddings;

    /// <summary>Computes the loss of one batch.</summary>
    /// <param name="run">The computation that made the vectors.</param>
    /// <param name="input">The batch.</param>
    /// <returns><c>[1]</c>.</returns>
    /// <exception cref="LossInputException">The batch does not have the columns, rows or labels that the loss needs.</exception>
    public abstract Tensor Forward(Computation run, LossInput input);

    /// <inheritdoc/>
    public sealed override Tensor Forward(Computation run, TrainingBatch batch, IReadOnlyList<ModelOutput> outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return Forward(run, LossInput.Of(batch, [.. outputs.Select(output => output.Value)]));
    }

    /// <summary>Returns the labels for vectors that are truncated to their first elements: the same, unless the labels are vectors themselves.</summary>
    /// <param name="input">The batch, with whole vectors.</param>
    /// <param name="dimension">The number of elements that are kept.</param>
    public virtual Tensor? TruncateLabels(LossInput input, int dimension) => input?.Labels;
}
