using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="MultiVectorMultipleNegativesRankingLoss"/>.</summary>
public sealed record MultiVectorMultipleNegativesRankingLossSettings
{
    /// <summary>
    /// Gets the factor of the scores: the inverse of the temperature; 1 by default, because a score is the sum over a query's tokens.
    /// </summary>
    public float Scale
    {
        get;
        init => field = Setting.Positive(value);
    } = 1;
}

/// <summary>
/// Represents the cross-entropy over late-interaction scores of each query with all positives and hard negatives of the batch.
/// </summary>
/// <remarks>
/// Late interaction: ColBERT (Khattab and Zaharia 2020, arXiv:2004.12832); in-batch negatives: Henderson et al. 2017, arXiv:1705.00652. Two
/// or more text columns: query, positive, and any number of hard negatives; no labels. With <see cref="MultiVectorInput.TextNumbers"/>,
/// which the trainer sets, a candidate whose text equals the positive is not a negative; sentence-transformers keeps it.
/// </remarks>
/// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
public sealed class MultiVectorMultipleNegativesRankingLoss(MultiVectorMultipleNegativesRankingLossSettings? settings = null)
    : MultiVectorLoss
{
    private const string Khattab =
        """
        @inproceedings{khattab2020colbert,
            title = {ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction over BERT},
            author = {Omar Khattab and Matei Zaharia},
            booktitle = {Proceedings of the 43rd International ACM SIGIR Conference on Research and Development in Information Retrieval},
            year = {2020},
            url = {https://arxiv.org/abs/2004.12832}
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(MultiVectorMultipleNegativesRankingLoss), ModelOutputKind.TokenEmbeddings, ["scale"],
        (node, _) => new MultiVectorMultipleNegativesRankingLoss(
            new() { Scale = node.Scale(new MultiVectorMultipleNegativesRankingLossSettings().Scale) }));

    /// <summary>Gets the settings.</summary>
    public MultiVectorMultipleNegativesRankingLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Khattab, Papers.Henderson];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, MultiVectorInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 2);
        if (input.Rows == 1 && input.Embeddings.Count == 2)
        {
            throw new LossInputException(
                $"{Name} has no negatives in a batch of one row; use larger batches or leave the last short one out.");
        }

        var scores = MaxSim(run, input.Embeddings[0], Join(run, [.. input.Embeddings.Skip(1)])); // [queries × documents]
        int[]? texts = input.TextNumbers is { } numbers ? [.. numbers.Skip(1).SelectMany(column => column)] : null;
        scores = run.LeaveOut(
            run.Scale(scores, Settings.Scale), (row, document) => texts is not null && document != row && texts[document] == texts[row]);
        return run.CrossEntropy(scores, Enumerable.Range(0, input.Rows));
    }
}
