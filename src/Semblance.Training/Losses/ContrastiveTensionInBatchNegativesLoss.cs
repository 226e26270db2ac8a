using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// <see cref="ContrastiveTensionLoss"/> with the batch's other sentences as the different ones, in both directions, and a trained scale:
/// <see cref="MultipleNegativesSymmetricRankingLoss"/> between two copies of an encoder (Carlsson et al. 2021, "Semantic Re-tuning with Contrastive
/// Tension"). Two text columns with the same sentences, one from each copy; no labels.
/// </summary>
public sealed class ContrastiveTensionInBatchNegativesLoss : Loss
{
    private readonly Tensor _logitScale;

    /// <summary>Makes the loss.</summary>
    /// <param name="scale">What similarities are multiplied by when training starts.</param>
    /// <param name="similarity">How near two vectors are.</param>
    public ContrastiveTensionInBatchNegativesLoss(float scale = 20, SimilarityFunction similarity = SimilarityFunction.Cosine)
    {
        _logitScale = Tensor.From([MathF.Log(Positive(scale))], 1);
        _logitScale.RequiresGradient = true;
        Similarity = similarity;
    }

    /// <summary>Gets what similarities are multiplied by now.</summary>
    public float Scale => MathF.Exp(_logitScale.Values[0]);

    /// <summary>Gets the similarity of two vectors.</summary>
    public SimilarityFunction Similarity { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Carlsson];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 2, 2);
        var rows = input.Rows;
        if (rows == 1)
        {
            throw new LossInputException($"{Name} has no negatives in a batch of one row; use larger batches or leave the last short one out.");
        }

        var scale = run.Gather(run.Exp(_logitScale), new int[rows * rows], rows, rows);
        var scores = run.Multiply(run.Similarities(input.Embeddings[0], input.Embeddings[1], Similarity), scale);
        var own = Enumerable.Range(0, rows);
        return run.Scale(run.Add(run.CrossEntropy(scores, own), run.CrossEntropy(run.Transpose(scores), own)), 0.5f);
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => [new("logit_scale", _logitScale)];
}
