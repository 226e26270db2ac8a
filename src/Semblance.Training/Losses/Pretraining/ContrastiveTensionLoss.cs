using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Represents the contrastive tension of two copies of an encoder: binary cross-entropy of dot products, high for equal sentences and low
/// for different ones, summed over the batch.
/// </summary>
/// <remarks>
/// Carlsson et al. 2021, "Semantic Re-tuning with Contrastive Tension". Two text columns, one for each copy; the label is 1 for the same
/// sentence and 0 for different ones. Without labels, equal texts (<see cref="LossInput.TextNumbers"/>) are the same sentence.
/// </remarks>
public sealed class ContrastiveTensionLoss : Loss
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(ContrastiveTensionLoss), ModelOutputKind.SentenceEmbeddings, [], (_, _) => new ContrastiveTensionLoss());

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Carlsson];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 2, 2);
        var labels = Labels(input);
        var scores = run.RowSimilarities(input.Embeddings[0], input.Embeddings[1], SimilarityFunction.DotProduct);
        return run.Sum(run.Subtract(run.Softplus(scores), run.Multiply(scores, labels)));
    }

    private Tensor Labels(LossInput input)
    {
        if (input.Labels is null && input.RequireTextNumbers(this) is [var first, var second])
        {
            return Tensor.From([.. first.Zip(second, (a, b) => a == b ? 1f : 0)], input.Rows, 1);
        }

        input.RequireClasses(this, 2);
        return input.RequireLabels(this);
    }
}
