using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="CoSENTLoss"/>.</summary>
public sealed record CoSENTLossSettings
{
    /// <summary>Gets the factor of the similarities: the inverse of the temperature; 20 by default.</summary>
    public float Scale
    {
        get;
        init => field = Setting.Positive(value);
    } = 20;

    /// <summary>Gets the similarity of two vectors; <see cref="SimilarityFunction.Cosine"/> by default.</summary>
    public SimilarityFunction Similarity { get; init; } = SimilarityFunction.Cosine;
}

/// <summary>
/// Represents the loss ln(1 + Σ exp(scale · (s_i − s_j))) over all pairs of rows where label i is less than label j, which orders
/// similarities like the labels.
/// </summary>
/// <remarks>
/// Huang et al. 2024, doi:10.1109/TASLP.2024.3402087; first published at kexue.fm/archives/8847. Two text columns and a label for each
/// pair, of which only the order matters.
/// </remarks>
public sealed class CoSENTLoss(CoSENTLossSettings? settings = null) : Loss
{
    private const string Huang =
        """
        @article{huang2024cosent,
            title = {CoSENT: Consistent Sentence Embedding via Similarity Ranking},
            author = {Xiang Huang and Hao Peng and Dongcheng Zou and Zhiwei Liu and Jianxin Li and Kay Liu and Jia Wu and Jianlin Su and Philip S. Yu},
            journal = {IEEE/ACM Transactions on Audio, Speech, and Language Processing},
            year = {2024},
            doi = {10.1109/TASLP.2024.3402087}
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(CoSENTLoss), ModelOutputKind.SentenceEmbeddings, ["scale", "similarity"], (node, _) =>
        {
            var usual = new CoSENTLossSettings();
            return new CoSENTLoss(usual with { Scale = node.Scale(usual.Scale), Similarity = node.Similarity(usual.Similarity) });
        });

    /// <summary>Gets the settings.</summary>
    public CoSENTLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Huang];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 2, 2);
        return Ordering(
            run, run.Scale(run.RowSimilarities(input.Embeddings[0], input.Embeddings[1], Settings.Similarity), Settings.Scale),
            input.RequireLabels(this));
    }

    // scores, labels: [batch × 1].
    internal static Tensor Ordering(Computation run, Tensor scores, Tensor labels)
    {
        var values = labels.Values;
        List<int> lower = [], higher = [];
        for (var i = 0; i < values.Length; i++)
        {
            for (var j = 0; j < values.Length; j++)
            {
                if (values[i] < values[j])
                {
                    lower.Add(i);
                    higher.Add(j);
                }
            }
        }

        if (lower.Count == 0)
        {
            return run.Nothing(scores); // all labels are equal: there is no order
        }

        var differences = run.Subtract(run.Gather(scores, [.. lower], 1, lower.Count), run.Gather(scores, [.. higher], 1, lower.Count));
        return run.CrossEntropy(run.ConcatenateColumns(Tensor.Zeros(1, 1), differences), [0]); // e⁰ is the 1 in the logarithm
    }
}
