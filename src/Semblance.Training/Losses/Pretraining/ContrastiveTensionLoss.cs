using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Two copies of an encoder learn to give the same sentence vectors of a large dot product and different ones of a small: binary cross-entropy,
/// added up over the batch (Carlsson et al. 2021, "Semantic Re-tuning with Contrastive Tension"). Two text columns, one from each copy; label 1
/// for the same sentence and 0 for different ones, or none: then equal texts (<see cref="LossInput.TextNumbers"/>) are the same sentence.
/// </summary>
public sealed class ContrastiveTensionLoss : Loss
{
    /// <summary>Gets the entry of the loss in recipes.</summary>
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
