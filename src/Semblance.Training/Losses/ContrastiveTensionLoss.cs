using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Two copies of an encoder learn to give the same sentence vectors of a large dot product and different ones of a small: binary cross-entropy,
/// added up over the batch (Carlsson et al. 2021, "Semantic Re-tuning with Contrastive Tension"). Two text columns, one from each copy; label 1
/// for the same sentence and 0 for different ones. No labelled data: the pairs are drawn.
/// </summary>
public sealed class ContrastiveTensionLoss : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 2, 2);
        input.RequireClasses(this, 2);
        var scores = run.RowSimilarities(input.Embeddings[0], input.Embeddings[1], SimilarityFunction.DotProduct);
        return run.Sum(run.Subtract(run.Softplus(scores), run.Multiply(scores, input.RequireLabels(this))));
    }
}
