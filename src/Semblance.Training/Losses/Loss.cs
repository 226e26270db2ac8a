using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents a loss that is computed from sentence embeddings, dense or sparse.</summary>
/// <remarks>
/// The same method serves texts and precomputed embeddings. If the computation records, <see cref="Computation.Backward"/> from the result
/// gives the gradients of the embeddings and of everything they were computed from.
/// </remarks>
public abstract class Loss : OutputLoss
{
    /// <inheritdoc/>
    public sealed override ModelOutputKind OutputKind => ModelOutputKind.SentenceEmbeddings;

    /// <summary>Computes the loss of one batch.</summary>
    /// <param name="run">The computation that made the embeddings.</param>
    /// <param name="input">The batch.</param>
    /// <returns>The loss: <c>[1]</c>.</returns>
    /// <exception cref="LossInputException">The batch does not have the columns, rows or labels that the loss needs.</exception>
    public abstract Tensor Forward(Computation run, LossInput input);

    /// <inheritdoc/>
    public sealed override Tensor Forward(Computation run, TrainingBatch batch, IReadOnlyList<ModelOutput> outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return Forward(run, LossInput.Of(batch, [.. outputs.Select(output => output.Value)]));
    }

    /// <summary>
    /// Returns the labels for embeddings that are truncated to their first elements: the same labels, unless they are embeddings
    /// themselves.
    /// </summary>
    /// <param name="input">The batch, with full embeddings.</param>
    /// <param name="dimension">The number of elements that are kept.</param>
    public virtual Tensor? TruncateLabels(LossInput input, int dimension) => input?.Labels;
}
