using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="MarginMSELoss"/>.</summary>
public sealed record MarginMSELossSettings
{
    /// <summary>Gets the similarity of two vectors; <see cref="SimilarityFunction.DotProduct"/> by default.</summary>
    public SimilarityFunction Similarity { get; init; } = SimilarityFunction.DotProduct;
}

/// <summary>
/// Represents the mean squared error between the model's margins and a teacher's (Hofstätter et al. 2020, arXiv:2010.02666).
/// </summary>
/// <remarks>
/// The margin is the similarity of the query and the positive minus that of the query and a negative. Three or more text columns: query,
/// positive, negatives. The labels are the teacher's margins, one for each negative, or its scores of the positive and of each negative.
/// </remarks>
public sealed class MarginMSELoss(MarginMSELossSettings? settings = null) : Loss
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(MarginMSELoss), ModelOutputKind.SentenceEmbeddings, ["similarity"], (node, _) =>
        {
            var usual = new MarginMSELossSettings();
            return new MarginMSELoss(usual with { Similarity = node.Similarity(usual.Similarity) });
        });

    /// <summary>Gets the settings.</summary>
    public MarginMSELossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Hofstaetter];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 3);
        var negatives = input.Embeddings.Count - 2;
        var labels = input.RequireLabels(this, 0);
        if (labels.Columns == negatives + 1)
        {
            labels = Margins(labels);
        }
        else if (labels.Columns != negatives)
        {
            throw new LossInputException(
                $"{Name} needs {negatives} margins or {negatives + 1} scores for each row, not {labels.Columns} labels.");
        }

        var positive = run.RowSimilarities(input.Embeddings[0], input.Embeddings[1], Settings.Similarity);
        var margins = input.Embeddings.Skip(2).Select(
            negative => run.Subtract(positive, run.RowSimilarities(input.Embeddings[0], negative, Settings.Similarity)));
        return run.MeanSquaredError(run.ConcatenateColumns([.. margins]), labels);
    }

    private static Tensor Margins(Tensor scores)
    {
        var margins = Tensor.Zeros(scores.Rows, scores.Columns - 1);
        for (var i = 0; i < margins.Length; i++)
        {
            var row = scores.Row(i / margins.Columns);
            margins.Writable[i] = row[0] - row[1 + (i % margins.Columns)];
        }

        return margins;
    }
}
